package config

import (
	"net/netip"
	"time"

	"moongate/keepalived/conf"
)

// Config is a whole configuration. Lists are in the order of the file.
type Config struct {
	Global Global

	StaticAddrs  []Address
	StaticRoutes []Route
	StaticRules  []Rule

	Linkbeat     []Linkbeat             // interfaces whose link is polled
	UpDownDelays map[string]UpDownDelay // by interface
	GARPGroups   []*GARPGroup
	TrackGroups  map[string][]string // instances that a static address may name together
	SSL          SSL

	Scripts   []*Script
	Processes []*Process
	Files     []*File
	BFDs      []*BFD
	Gateways  []*Gateway

	Groups    []*Group
	Instances []*Instance

	ServerGroups []*ServerGroup
	Servers      []*Server
}

// Pos is where something is written.
type Pos = conf.Pos

// Linkbeat is an interface whose link is polled; Kind is MII, ETHTOOL, IOCTL, or
// empty: the first that works.
type Linkbeat struct{ Interface, Kind string }

// UpDownDelay holds back what an interface says of its state.
type UpDownDelay struct{ Down, Up time.Duration }

// GARPGroup is interfaces that share a gap between gratuitous ARPs.
type GARPGroup struct {
	Interfaces            []string
	Interval, GNAInterval time.Duration
}

// SSL is the root block of that name: what SSL_GET shows a server.
type SSL struct{ Password, CA, Certificate, Key string }

// Command is a program to run, split into words, and who runs it. It is empty
// when there is nothing to run.
type Command struct {
	Args     []string
	UID, GID uint32
	Groups   bool // the user's other groups too (":G" behind the user)
	// Open says that no program runs: it is good when the file Args[0] opens ("</path>").
	Open bool
	Pos  Pos
}

// Set tells whether there is something to run.
func (c *Command) Set() bool { return len(c.Args) > 0 }

// Pipe is a FIFO that lines are written to, and the program that is started to
// read them.
type Pipe struct {
	Path     string
	UID, GID uint32
	Reader   Command
}

// Tristate is a switch that may be left to a default.
type Tristate int8

// The values of a Tristate.
const (
	Default Tristate = iota
	Off
	On
)

// Or is the switch, or what holds when it was not set.
func (t Tristate) Or(b bool) bool {
	if t == Default {
		return b
	}
	return t == On
}

// Address is an address that is put on an interface.
type Address struct {
	Prefix                                           netip.Prefix // the address with the length that it gets on the interface
	Dev                                              string       // empty: that of the instance
	Broadcast                                        netip.Addr   // not valid: none; Auto: computed
	AutoBroadcast                                    bool
	Scope                                            uint8
	Label                                            string
	Peer                                             netip.Prefix
	Home, NoDAD, MngTmpAddr, NoPrefixRoute, AutoJoin bool
	Preferred                                        *time.Duration // nil: forever
	NoTrack                                          bool
	VMAC                                             bool // use_vmac: goes on a macvlan of its own
	TrackGroup                                       string
	Pos                                              Pos
}

// Route is a line of virtual_routes or static_routes, in the words of ip route.
type Route struct {
	Words                                                 []string // as written
	Dst                                                   netip.Prefix
	Type                                                  string // unicast, blackhole, ...
	Src, Via                                              netip.Addr
	Dev                                                   string
	Table                                                 uint32
	Scope, Proto, TOS                                     uint8
	Metric                                                uint32
	OnLink                                                bool
	MTU, AdvMSS, Window, HopLimit, InitCWND, InitRWND     uint32
	CWND, SSThresh, Reordering, Expires, FastOpenNoCookie uint32
	RTT, RTTVar, RTOMin                                   time.Duration
	Realms                                                uint32 // from << 16 | to
	CongCtl                                               string
	ECN                                                   bool
	From                                                  netip.Prefix // IPv6 only
	Pref                                                  string       // low, medium, high
	How                                                   string       // add, append, prepend; empty: prepend
	VRF                                                   string
	Locks                                                 []string // the metrics that are locked
	scopeSet, protoSet                                    bool
	QuickACK                                              Tristate
	Encap                                                 Encap
	NextHops                                              []NextHop
	NoTrack                                               bool
	TrackGroup                                            string
	Pos                                                   Pos
}

// NextHop is one way of several.
type NextHop struct {
	Via    netip.Addr
	Dev    string
	Weight int
	OnLink bool
	Realms uint32
	Encap  Encap
}

// Encap is what packets of a route are put into: "encap" of ip route.
type Encap struct {
	Kind     string // ip, ip6, mpls, ila; empty: none
	ID       uint64
	Dst, Src netip.Addr
	TTL, TOS uint8    // hoplimit and tc of ip6
	Labels   []uint32 // mpls
	Locator  [4]uint16
}

// Rule is a line of virtual_rules or static_rules, in the words of ip rule.
type Rule struct {
	Words                         []string
	V6                            bool
	Not                           bool
	From, To                      netip.Prefix
	Table                         uint32
	Priority                      *uint32
	Action                        string // lookup, blackhole, unreachable, prohibit, goto, nop
	Goto                          uint32
	FwMark, FwMask                uint32
	TOS                           uint8
	IIF, OIF                      string
	SuppressPrefix, SuppressGroup *uint32
	UIDs                          *[2]uint32
	IPProto                       uint8
	Sport, Dport                  *[2]uint16
	L3Mdev                        bool
	Realms                        uint32
	TunnelID                      uint64
	Proto                         uint8
	NoTrack                       bool
	TrackGroup                    string
	Pos                           Pos
}
