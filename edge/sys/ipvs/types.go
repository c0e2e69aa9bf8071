package ipvs

import (
	"net/netip"
	"time"
)

// Key names a service: by address, port and protocol, or by a mark of the firewall.
type Key struct {
	Addr     netip.Addr
	Port     uint16
	Protocol uint8
	FwMark   uint32
	V6       bool // of a mark; an address tells by itself
}

func (k Key) is6() bool { return k.V6 || k.Addr.Is6() }

// Flags of a service.
const (
	Persistent = 1 << iota
	hashed     // the kernel's own: it has the service in its table
	OnePacket
	Flag1
	Flag2
	Flag3
)

// Service is a virtual service.
type Service struct {
	Key
	Scheduler string
	Flags     uint32
	Timeout   time.Duration // of persistence
	Bits      int           // of a client's address that persistence tells apart
	Engine    string        // of persistence: "sip"
	Stats     Stats         // only read
}

// Ways of forwarding.
const (
	NAT = iota
	LocalNode
	TUN
	DR
	methodMask = 7
)

// Kinds of tunnels.
const (
	IPIP = iota
	GUE
	GRE
)

// Flags of tunnels; without one there is no checksum.
const (
	Sum = 1 << iota
	RemoteSum
)

// Dest is a real server.
type Dest struct {
	Addr         netip.AddrPort
	Method       uint32
	Weight       int32
	Upper, Lower uint32
	Tunnel       uint8
	TunnelPort   uint16
	TunnelFlags  uint16

	Active, Inactive, Persistent uint32 // only read, as Stats
	Stats                        Stats
}

// Stats are what has gone through.
type Stats struct{ Conns, In, Out, BytesIn, BytesOut uint64 }

// Config is the timeouts; 0 leaves one as it is.
type Config struct{ TCP, TCPFin, UDP time.Duration }

// States of a daemon.
const (
	Master = 1 << iota
	Backup
)

// Daemon shares connections with other directors.
type Daemon struct {
	State     uint32
	Interface string
	ID        uint32
	MaxLen    uint16     // 0: the kernel's choice, as for the following
	Group     netip.Addr // multicast
	Port      uint16
	TTL       uint8
}

// Info is what the kernel says of itself.
type Info struct {
	Major, Minor, Patch int
	TableSize           int
}
