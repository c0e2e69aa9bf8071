package status

import (
	"net/netip"
	"time"

	"moongate/keepalived/config"
)

// Status is what one process tells. It is a copy: the process goes on changing,
// and whoever got it may keep it.
type Status struct {
	Instances    []Instance
	Groups       []Group
	Scripts      []Script
	Processes    []Process
	Files        []File
	BFDs         []BFD
	Interfaces   []Interface
	Sockets      []Socket
	Servers      []Server
	UnknownVRIDs uint64 // packets of these
	Plane        string // of the data plane that carries Servers
}

// State is an instance's or a group's.
type State uint8

// The states, with their numbers in keepalived.json.
const (
	Init State = iota
	Backup
	Master
	Fault
)

func (s State) String() string { return [...]string{"INIT", "BACKUP", "MASTER", "FAULT"}[s] }

// Instance is a vrrp_instance.
type Instance struct {
	Config         *config.Instance
	State, Want    State
	LastTransition time.Time
	Reason         string    // of the last transition, in the words of the log
	Timeout        time.Time // when the running timer ends
	DownTimer      time.Duration
	Effective      int // priority
	Total          int // the same, not held between 1 and 254
	Faults         int // trackers and interfaces that hold it in FAULT
	Pending        int // scripts that have not run yet
	ConfigFaults   int

	MasterPriority uint8 // of the master that is heard
	MasterInterval time.Duration
	Master         netip.Addr

	SecondMaster netip.Addr // that is heard on the second path now
	HeldBack     bool       // which keeps it from taking over
	CutOff       bool       // tie_break keeps it from that

	Interface string // the adverts' own, a VMAC perhaps
	Base      string // the one beneath it
	Source    netip.Addr
	Owned     bool     // the addresses are set
	Set       []bool   // each of Config.Addrs
	SetExtra  []bool   // each of Config.Excluded
	On        []string // the interface made for each of Config.Addrs, as "vrrp.51@eth0"; empty: none
	OnExtra   []string // the same for Config.Excluded
	In, Out   int      // descriptors
	// What SNMP tells more.
	BasePriority                  int // of the configuration, or set since
	NoPreempt                     bool
	Began                         time.Time // when it has left INIT or FAULT; zero: it is there
	MasterReason                  int       // why it is master (vrrpv3StatisticsNewMasterReason)
	LastError                     int       // of a packet (vrrpv3StatisticsProtoErrReason)
	ChecksumErrors, VersionErrors uint64

	Changes []Change // the last transitions, the newest last
	Tracked []Tracked
	Stats   Stats
}

// Tracked is what one thing that an instance follows does to it.
type Tracked struct {
	Kind    string // track_interface and so on
	Name    string
	Weight  int
	Reverse bool
	Known   bool // there was a result
	Value   int  // 1 good, 0 bad; of a file its number
	Fault   bool // it holds the instance in FAULT
	Adds    int  // to the priority
}

// Change is a transition.
type Change struct {
	At     time.Time
	To     State
	Reason string
}

// Stats are what keepalived.stats shows of an instance.
type Stats struct {
	Received, Sent           uint64
	BecameMaster             uint64
	ReleasedMaster           uint64
	LengthErrors             uint64
	TTLErrors                uint64
	TypeErrors               uint64
	IntervalErrors           uint64
	AddressErrors            uint64
	AuthTypeErrors           uint64
	AuthMismatches           uint64
	AuthFailures             uint64
	PrioZeroRcvd, PrioZeroTx uint64
	// Ours, and not shown there.
	SecondReceived, SecondSent uint64 // adverts on the second path
	HeldBack, CutOff           uint64 // how often the second path, or tie_break, has kept a backup from taking over
}

// Group is a vrrp_sync_group.
type Group struct {
	Config *config.Group
	State  State
	Faults int // members in FAULT
	Inits  int // members that have not begun
}

// Script is a vrrp_script.
type Script struct {
	Config  *config.Script
	Result  int    // the counter between 0 and rise+fall-1
	State   string // idle, running, requested termination, forcing termination
	Up      bool
	Ran     bool
	Status  int // exit status of the last run
	Running bool
}

// Process is a vrrp_track_process.
type Process struct {
	Config  *config.Process
	Count   int
	Quorate bool
}

// File is a track_file.
type File struct {
	Config *config.File
	Value  int
}

// BFD is a bfd_instance.
type BFD struct {
	Config *config.BFD
	Up     bool
	State  string // AdminDown, Down, Init, Up
}

// Interface is one of the system's.
type Interface struct {
	Name          string
	Index         int
	V4, V6        netip.Addr
	MAC           []byte
	Up, Running   bool
	Loopback      bool
	Broadcast     bool
	Multicast     bool
	PointToPoint  bool
	MTU           int
	Base          string // of a macvlan or ipvlan: the one beneath
	BaseUp        bool
	BaseRunning   bool
	Down, UpDelay time.Duration
	Tracking      []config.Tracked // instances, with the weight they follow it by
}

// Socket is one that adverts come and go through; instances share it.
type Socket struct {
	In, Out   int
	Interface string
	V6        bool
	AH        bool
	Unicast   bool
	Source    netip.Addr // of unicast
	RxBuf     int
	Instances []*config.Instance
}

// Server is a virtual_server.
type Server struct {
	Config      *config.Server
	Quorum      bool // has it
	Reals       []Real
	Sorry       bool // the sorry server stands in
	Connections uint64
	Active      uint64
	BytesIn     uint64
	BytesOut    uint64
	PacketsIn   uint64
	PacketsOut  uint64
}

// Real is a real_server.
type Real struct {
	Config      *config.RealServer
	Alive       bool
	Set         bool // the plane has it
	Weight      int
	Checkers    []Check
	Connections uint64
	Active      uint64
	Inactive    uint64
	BytesIn     uint64
	BytesOut    uint64
	PacketsIn   uint64
	PacketsOut  uint64
}

// Check is a checker of a real server.
type Check struct {
	Config  *config.Checker
	Enabled bool // it runs: false while ha_suspend holds it
	Up      bool
	Ran     bool
	Weight  int // what it adds to the server's
	Retry   int
	At      time.Time // of the last result
	Text    string    // of the last failure
}
