package config

import (
	"iter"
	"net/netip"
	"time"
)

// Instance is a vrrp_instance. What global_defs gives as a default is filled in.
type Instance struct {
	Name      string
	Master    bool // state MASTER
	Interface string
	VRID      uint8
	Priority  uint8 // base
	Version   int   // 2 or 3
	V6        bool  // the family of the adverts
	Interval  time.Duration

	Addrs    []Address // advertised
	Excluded []Address
	Routes   []Route
	Rules    []Rule
	NoVIPs   bool // no_virtual_ipaddress

	Auth                                                                  Auth
	HMAC                                                                  *HMAC
	Source                                                                netip.Addr // unicast_src_ip, mcast_src_ip; not valid: the interface's first
	TrackSource                                                           bool
	McastDst                                                              netip.Addr
	Peers                                                                 []Peer // unicast
	Unicast                                                               bool   // unicast_peer was given
	UnicastTTL                                                            int
	CheckUnicastSrc, UnicastFaultNoPeer, OldUnicastChecksum, ChecksumAsV2 bool
	NeverOldChecksum                                                      bool // old_unicast_checksum never
	VRF                                                                   string

	NoPreempt    bool
	PreemptDelay time.Duration

	Heartbeat *Heartbeat // nil: none
	TieBreak  *TieBreak  // nil: none

	TrackInterfaces                                                    []TrackInterface
	TrackScripts, TrackProcesses, TrackFiles, TrackBFDs, TrackGateways []Tracked
	DontTrackPrimary                                                   bool

	VMAC VMAC

	GARP                                    GARP
	DownTimerAdverts                        int
	LowerPrioNoAdvert, HigherPrioSendAdvert bool
	// HigherPrioSet says that higher_prio_send_advert was written, either way.
	HigherPrioSet                        bool
	SkipCheckAdvAddr, OwnerIgnoreAdverts bool
	Accept, Strict, PromoteSecondaries   bool
	TimerExpiredBackup                   int // -1: off

	Notify              Notify
	RxBuf               int
	Debug               int
	SyncDaemonInterface string

	Group *Group // nil: none
	Pos   Pos
}

// Heartbeat is a second path for the adverts of an instance.
type Heartbeat struct {
	Interface string
	Peers     []netip.Addr
	Source    netip.Addr // not valid: the interface's first
	Interval  time.Duration
	Pos       Pos
}

// TieBreak is what a backup asks before it takes over: whether it is cut off itself.
// It is not while one of the addresses answers, or the script succeeds.
type TieBreak struct {
	Ping    []netip.Addr
	Command Command
	Timeout time.Duration
	Count   int // echo requests to each address
	Pos     Pos
}

// AuthType says how version 2 authenticates.
type AuthType uint8

// The kinds of authentication, with their numbers on the wire.
const (
	NoAuth AuthType = iota
	Pass
	AH
)

// AllAddrs are the addresses that a master has: those that it advertises, then the others.
func (c *Instance) AllAddrs() iter.Seq[*Address] {
	return func(yield func(*Address) bool) {
		for _, list := range [...][]Address{c.Addrs, c.Excluded} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// Auth is the authentication block.
type Auth struct {
	Type AuthType
	Data [8]byte
}

// HMAC is auth_hmac.
type HMAC struct {
	Keys      map[uint8][]byte
	Active    uint8 // the key that adverts are sent with
	Monotonic bool
	Window    time.Duration
	Mode      string // enforce, permissive, receive-only
}

// Peer is a line of unicast_peer.
type Peer struct {
	Addr           netip.Addr
	MinTTL, MaxTTL int // 0: not checked
}

// VMAC is use_vmac and what belongs to it.
type VMAC struct {
	Use         bool
	Name        string // empty: vrrp.VRID
	MAC         [6]byte
	HasMAC      bool
	XmitBase    bool
	UseAddr     bool
	Group       uint32
	IPVLAN      bool
	IPVLANType  string // bridge, private, vepa
	IPVLANAddr  netip.Addr
	Fault       bool // it can not be made: the instance is in FAULT
	MACWithVRID bool // the last byte of MAC is the VRID
}

// Tracked is something that an instance or a group follows.
type Tracked struct {
	Name    string
	Weight  int // 0: bad is FAULT
	Reverse bool
	set     bool // the weight was written where it is followed
	Pos     Pos
}

// TrackInterface is a line of track_interface.
type TrackInterface = Tracked

// Notify is what is run or mailed when the state changes.
type Notify struct {
	Master, Backup, Fault, Stop, Deleted, Any, MasterLowerPrio Command
	PriorityChanges                                            bool
	TellDeleted                                                bool // notify_deleted: DELETED, not FAULT
	Mail                                                       bool
}

// Group is a vrrp_sync_group.
type Group struct {
	Name                                                               string
	Names                                                              []string
	Instances                                                          []*Instance
	TrackInterfaces                                                    []TrackInterface
	TrackScripts, TrackProcesses, TrackFiles, TrackBFDs, TrackGateways []Tracked
	Weighted                                                           bool // sync_group_tracking_weight
	GlobalTracking                                                     bool
	Notify                                                             Notify
	Pos                                                                Pos
}

// Script is a vrrp_script.
type Script struct {
	Name              string
	Command           Command
	Interval, Timeout time.Duration
	Weight            int
	Reverse           bool
	Rise, Fall        int
	InitFail          bool
	Tracked           bool // an instance or a group follows it; only then it runs
	Pos               Pos
}

// Process is a vrrp_track_process.
type Process struct {
	Name                      string
	Path                      string // name or path of the program
	Params                    []string
	ParamMatch                string // "", exact, initial, partial
	FullCommand               bool
	Weight                    int
	Reverse                   bool
	Quorum, QuorumMax         int // QuorumMax is huge without a limit
	quorumSet                 bool
	ForkDelay, TerminateDelay time.Duration
	Tracked                   bool
	Pos                       Pos
}

// File is a track_file.
type File struct {
	Name      string
	Path      string
	Weight    int
	Reverse   bool
	Init      *int
	Overwrite bool
	Tracked   bool
	Pos       Pos
}

// BFD is a bfd_instance.
type BFD struct {
	Name                 string
	Neighbor, Source     netip.Addr
	MinRX, MinTX, IdleTX time.Duration
	Multiplier           int
	Passive, Multihop    bool
	TTL, MaxHops         int
	Weight               int
	Reverse              bool
	VRRP, Checker        bool // who is told
	Pos                  Pos
}

// Gateway is a track_gateway: the web server of the same program, as a thing to
// follow. It is good while the listeners are open, at least Workers workers
// answer and at least Upstreams percent of the upstream peers are healthy.
type Gateway struct {
	Name              string
	Workers           int
	Upstreams         int // percent; 0: not looked at
	Interval, Timeout time.Duration
	Weight            int
	Reverse           bool
	Rise, Fall        int
	Drain             time.Duration // how long connections are drained before the address moves on purpose
	Tracked           bool
	Pos               Pos
}
