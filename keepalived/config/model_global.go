package config

import (
	"net/netip"
	"time"
)

// Global is global_defs, and the roots that belong to no block.
type Global struct {
	RouterID string

	Mail Mail

	ScriptUID, ScriptGID uint32 // script_user
	ScriptGroups         bool
	SetGroups            bool // set_supplementary_groups
	SymlinkPaths         bool // use_symlink_paths
	ScriptSecurity       bool

	Strict                                       bool
	SkipCheckAdvAddr                             bool
	GARP                                         GARP
	lowerDelay                                   *time.Duration // nil: as GARP.Delay
	lowerRepeat                                  *int
	GARPInterval, GNAInterval                    time.Duration
	MinGARP                                      bool
	Version                                      int // vrrp_version; 0: 2, and 3 for IPv6
	Mcast4, Mcast6                               netip.Addr
	CheckUnicastSrc                              bool
	LowerPrioNoAdvert, HigherPrioSendAdvert      Tristate
	DownTimerAdverts                             int
	ChecksumAsV2, OwnerIgnoreAdverts             bool
	StartupDelay, DelayAfterBoot                 time.Duration
	AddressLease                                 time.Duration // vrrp_address_lease; 0: for ever
	NotifyPriorityChanges                        bool
	LogUnknownVRIDs, DisableLocalIGMP            bool
	VMACPrefix, VMACAddrPrefix, DefaultInterface string
	DynamicInterfaces, AllowIfChanges            bool
	NFTable                                      string // nftables; empty: "keepalived"
	NFPriority                                   int
	NFCounters                                   bool
	NFIPVS                                       string // nftables_ipvs: the table; empty: not used
	NFIPVSPriority, NFIPVSMark                   int
	RxBufs, RxBufsMultiplier                     int // vrrp_rx_bufs_*; 0: the kernel's size
	RxBufsMTU, RxBufsAdvert                      bool
	LinkbeatPolling                              bool

	FIFO, VRRPFIFO, LVSFIFO Pipe
	FIFOStatesOnReload      bool

	SyncDaemon     *SyncDaemon
	Timeouts       [3]time.Duration // lvs_timeouts: tcp, tcpfin, udp; 0: the kernel's
	Flush          bool
	FlushOnStop    string // "", "all", "VS"
	LogAllFailures bool
	InitNotifies   bool   // rs_init_notifies
	Backend        string // lvs_backend: "", ipvs, ebpf, nftables, proxy

	StartupScript, ShutdownScript   Command
	StartupTimeout, ShutdownTimeout time.Duration

	Parent, VRRP, Checker, BFD               Priority
	ProcessNames                             bool
	ChildWait                                time.Duration
	Umask                                    *uint32
	Instance, NetNamespace, NetNamespaceIPVS string
	IPVSDefaultNamespace                     bool // net_namespace_ipvs without a name
	UsePIDDir                                bool
	MaxAuto                                  int // max_auto_priority; -1: not, and say nothing
	MinAutoDelay                             time.Duration

	JSONVersion                    int
	DataUseInstance                bool
	StateFile, StatsFile, JSONFile string
	ReloadCheck                    bool
	ReloadCheckLog                 string
	ReloadFile                     string
	ReloadTimeFile                 string
	ReloadRepeat                   bool
	SaveDir                        string

	SNMP       SNMP
	DBus       bool
	RandomSeed *uint32

	Metrics string // metrics_listen: where metrics and the JSON status are served; empty: nowhere
}

// SNMP is what is served by SNMP, and by which socket of snmpd; an empty Socket is
// the usual one.
type SNMP struct {
	VRRP, Checker, RFC2, RFC3, Traps bool
	Socket                           string
}

// Mail says who is told by mail.
type Mail struct {
	To                             []string
	From                           string
	Server                         string // host:port; empty: no mail
	Helo                           string
	Timeout                        time.Duration
	Alert, AlertVRRP, AlertChecker Tristate
	NoFaults, NoCheckers           bool
}

// GARP says how often addresses are told to the neighbours.
type GARP struct {
	Delay         time.Duration // the second burst; 0: none
	Repeat        int           // in a burst, for each address
	Refresh       time.Duration // while master; 0: never
	RefreshRepeat int
	LowerDelay    time.Duration // after an advert of lower priority
	LowerRepeat   int
	ExtraIf       time.Duration
	ExtraAll      bool
}

// Priority is how the system treats a process.
type Priority struct {
	Nice     int
	RealTime int // SCHED_RR; 0: not
	NoSwap   bool
	CPUs     []int
	RTTime   time.Duration
	Name     string
}

// SyncDaemon is lvs_sync_daemon.
type SyncDaemon struct {
	Interface, Instance   string
	ID, MaxLen, Port, TTL int // ID -1: that of the instance; 0 of the others: the kernel's
	Group                 netip.Addr
}
