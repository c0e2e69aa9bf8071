package lvs

import (
	"net/netip"
	"time"
)

// Key is what packets a service takes: those to an address and port, or those
// that carry a mark of the firewall. Port 0 takes all ports.
type Key struct {
	Addr     netip.Addr // not valid with FwMark
	Port     uint16
	Protocol uint8 // 6, 17, 132; 0 with FwMark
	FwMark   uint32
	V6       bool
}

// Service is a virtual server as a plane is to have it.
type Service struct {
	Key
	Scheduler   string // rr wrr lc wlc lblc lblcr sh mh dh sed nq fo ovf twos
	Flags       []string
	Persistence time.Duration // 0: off
	Granularity int           // length of the prefix that clients are told apart by
	Engine      string        // persistence_engine
	OnePacket   bool          // ops
	Dests       []Dest
}

// Dest is a real server. With weight 0 it keeps what it has and gets nothing
// new: it is drained.
type Dest struct {
	Addr         netip.AddrPort
	Weight       int
	Forward      Forward
	Upper, Lower uint32 // connections: overloaded from Upper until Lower; 0: no limit
}

// Forward is how packets reach a real server.
type Forward struct {
	Method Method
	Tunnel string // of Tunnel: ipip, gue, gre
	Port   uint16 // of gue
	Sum    string // nocsum, csum, remcsum
}

// Method is keepalived's lvs_method.
type Method uint8

// The ways of forwarding.
const (
	NAT Method = iota
	DR
	TUN
)

func (m Method) String() string { return [...]string{"NAT", "DR", "TUN"}[m] }

// Counters are what has gone through a service or to a destination.
type Counters struct {
	Connections, PacketsIn, PacketsOut, BytesIn, BytesOut uint64
	Active, Inactive                                      uint64
}

// ServiceCounters are the counters of a service and its destinations, in the
// order of Service.Dests.
type ServiceCounters struct {
	Key
	Counters
	Dests []DestCounters
}

// DestCounters are the counters of a destination.
type DestCounters struct {
	Addr netip.AddrPort
	Counters
}

// Plane carries connections to real servers. Its methods are called from one
// goroutine at a time.
type Plane interface {
	// Name is the word of lvs_backend.
	Name() string
	// Cannot says in words what of the service the plane can't do, or nothing.
	Cannot(*Service) []string
	// Apply makes the plane have these services and no others. What is unchanged
	// is not touched, and connections to destinations that stay go on.
	Apply([]*Service) error
	// Counters reads what has gone through.
	Counters() ([]ServiceCounters, error)
	// Close lets go of the plane; with keep the services stay in the kernel, if
	// that is where they are.
	Close(keep bool) error
}

// Timeouts are for how long a connection without packets is remembered:
// lvs_timeouts. 0 is the plane's default, as a rule the kernel's 900, 120 and 300
// seconds.
type Timeouts struct{ TCP, TCPFin, UDP time.Duration }

// Timed is a plane whose timeouts can be set.
type Timed interface{ SetTimeouts(Timeouts) error }

// Sync is a half of lvs_sync_daemon: a master tells of its connections, a backup
// listens.
type Sync struct {
	Master    bool
	Interface string
	ID        uint32
	MaxLen    uint16 // 0: the kernel's
	Group     netip.Addr
	Port      uint16 // 0: the kernel's
	TTL       uint8  // 0: the kernel's
}

// Flushing is a plane that can delete services that others made: lvs_flush.
type Flushing interface{ Flush() error }

// Syncing is a plane that shares its connections with other directors. The others
// don't need it where a hash chooses: every director chooses the same.
type Syncing interface {
	StartSync(Sync) error
	StopSync(master bool) error
}
