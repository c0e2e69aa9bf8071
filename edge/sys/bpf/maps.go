package bpf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/cilium/ebpf"
)

// Key is which packets a service takes; port 0: those of all ports.
type Key struct {
	Addr  netip.Addr
	Port  uint16
	Proto uint8
}

// How a service chooses.
const (
	Turns = 1 + iota // a table of turns
	SH               // a table of buckets
	DH
	MH // Maglev's table
	LC // from here on the table is a list
	WLC
	SED
	NQ
	FO
	OVF
	Twos
	LBLC
)

// Flags of a service.
const (
	ByPort    = 1 << iota // the hash knows the client's port
	Fallback              // and goes on past who can't
	OnePacket             // datagrams have no connections
)

// Service is what the program knows of a service. Its table says the rest.
type Service struct {
	ID      uint32
	Algo    uint32
	Flags   uint32
	Persist time.Duration
	Bits    int // of a client's address that persistence tells apart
}

// Ways of forwarding, and tunnels.
const (
	NAT = iota
	DR
	TUN
)

// Tunnels.
const (
	IPIP = iota
	GUE
	GRE
)

// Dest is a destination at its index.
type Dest struct {
	Addr                 netip.AddrPort // port 0: that of the packet
	Method, Tunnel       uint8
	TunnelPort           uint16
	Weight, Upper, Lower uint32
	Gone                 bool // no longer of any service: only its connections go on
}

// Load is how many connections a destination has.
type Load struct{ Active, Inactive uint32 }

// Counts are what has gone to a destination or through a service.
type Counts struct{ Conns, In, Out, BytesIn, BytesOut uint64 }

// words are an address as the program has it: in network order, IPv4 in the first.
func words(a netip.Addr) (w [4]uint32) {
	b := a.AsSlice()
	for i := 0; i < len(b); i += 4 {
		w[i/4] = binary.NativeEndian.Uint32(b[i:])
	}
	return w
}

func port(p uint16) uint16 { return binary.NativeEndian.Uint16([]byte{byte(p >> 8), byte(p)}) }

func v6(a netip.Addr) uint8 {
	if a.Is6() {
		return 1
	}
	return 0
}

func (k Key) raw() *balanceServiceKey {
	r := &balanceServiceKey{Port: port(k.Port), Proto: k.Proto, V6: v6(k.Addr)}
	r.Addr.W = words(k.Addr)
	return r
}

// PutService adds or changes a service; its table must be there before.
func (b *Balancer) PutService(k Key, s Service) error {
	r := &balanceService{Id: s.ID, Algo: s.Algo, Flags: s.Flags, Persist: uint32((s.Persist + time.Second - 1) / time.Second)}
	size := k.Addr.BitLen()
	bits := s.Bits
	if bits <= 0 || bits > size {
		bits = size
	}
	ones := netip.IPv6Unspecified()
	if size == 32 {
		ones = netip.IPv4Unspecified()
	}
	mask := ones.AsSlice()
	for i := range bits {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(mask)
	r.Mask.W = words(a)
	return b.objects.Services.Put(k.raw(), r)
}

// DeleteService forgets a service. Its connections go on.
func (b *Balancer) DeleteService(k Key) error {
	if err := b.objects.Services.Delete(k.raw()); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
		return err
	}
	return nil
}

// PutTable replaces a service's table at once.
func (b *Balancer) PutTable(service uint32, table []uint32) error {
	m, err := ebpf.NewMap(&ebpf.MapSpec{Type: ebpf.Array, KeySize: 4, ValueSize: 4, MaxEntries: uint32(len(table) + 1), Flags: innerMap})
	if err != nil {
		return fmt.Errorf("table: %w", err)
	}
	defer m.Close()
	keys, values := make([]uint32, len(table)+1), make([]uint32, len(table)+1)
	values[0] = uint32(len(table))
	copy(values[1:], table)
	for i := range keys {
		keys[i] = uint32(i)
	}
	if _, err := m.BatchUpdate(keys, values, nil); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return b.objects.Tables.Put(service, m)
}

const innerMap = 0x1000 // BPF_F_INNER_MAP

// PutDest writes a destination. What it counts stays.
func (b *Balancer) PutDest(i uint32, d Dest) error {
	r := &balanceDest{Port: port(d.Addr.Port()), V6: v6(d.Addr.Addr()), Method: d.Method, Weight: d.Weight, Upper: d.Upper, Lower: d.Lower,
		Tunnel: d.Tunnel, Tport: port(d.TunnelPort)}
	r.Addr.W = words(d.Addr.Addr())
	if d.Gone {
		r.Flags = 1
	}
	return b.objects.Dests.Put(i, r)
}

// ClearDest takes all counts and the overload from an index, for its next holder.
func (b *Balancer) ClearDest(i uint32) error {
	zero, err := b.zeroes()
	if err != nil {
		return err
	}
	return errors.Join(b.Lift(i), b.objects.Loads.Put(i, &balanceLoad{}), b.objects.DestCounts.Put(i, zero))
}

// ClearService does so for the number of a service.
func (b *Balancer) ClearService(id uint32) error {
	zero, err := b.zeroes()
	if err != nil {
		return err
	}
	return errors.Join(b.objects.Turns.Put(id, uint64(0)), b.objects.Nearby.Put(id, uint32(0)), b.objects.ServiceCounts.Put(id, zero))
}

func (b *Balancer) zeroes() ([]balanceCounts, error) {
	n, err := ebpf.PossibleCPU()
	return make([]balanceCounts, n), err
}

// Lift ends a destination's overload.
func (b *Balancer) Lift(i uint32) error { return b.objects.Over.Put(i, uint32(0)) }

// SetTimeouts sets after how long a connection without packets ends. 0 is IPVS's
// default.
func (b *Balancer) SetTimeouts(tcp, fin, udp time.Duration) error {
	or := func(d, other time.Duration) time.Duration {
		if d > 0 {
			return d
		}
		return other
	}
	const minute = time.Minute
	for state, d := range []time.Duration{0, minute, or(tcp, 15*minute), or(fin, 2*minute), minute, 2 * minute, 10 * time.Second, or(udp, 5*minute)} {
		if err := b.objects.Timeouts.Put(uint32(state), uint64(d)); err != nil {
			return err
		}
	}
	return nil
}
