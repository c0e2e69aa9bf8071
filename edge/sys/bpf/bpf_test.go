package bpf

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"moongate/edge/sys/caps"

	"github.com/cilium/ebpf"
)

func open(t testing.TB) *Balancer {
	t.Helper()
	b, err := Open(Sizes{Connections: 1024, Services: 8, Dests: 16, Templates: 16})
	missing := (*caps.Missing)(nil)
	if lacks := (*Unsupported)(nil); errors.As(err, &lacks) && (errors.As(err, &missing) || lacks.Err == nil) {
		t.Skip(lacks) // a right, or a newer kernel
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestMaps(t *testing.T) {
	b := open(t)
	for m, want := range map[*ebpf.Map]uint32{b.objects.Conns: 1024, b.objects.Templates: 16, b.objects.Tables: 8, b.objects.Loads: 16} {
		if m.MaxEntries() != want {
			t.Errorf("%v holds %d, not %d", m, m.MaxEntries(), want)
		}
	}
	if err := b.SetTimeouts(0, time.Second, 0); err != nil {
		t.Fatal(err)
	}
	var ms uint64
	for state, want := range map[uint32]time.Duration{2: 900 * time.Second, 3: time.Second, 7: 300 * time.Second} {
		if err := b.objects.Timeouts.Lookup(state, &ms); err != nil || time.Duration(ms) != want {
			t.Errorf("timeout of state %d: %v %v, want %v", state, time.Duration(ms), err, want)
		}
	}
	k := Key{netip.MustParseAddr("192.0.2.1"), 80, 6}
	if err := b.PutService(k, Service{ID: 3, Algo: MH, Flags: ByPort, Persist: 1500 * time.Millisecond, Bits: 23}); err != nil {
		t.Fatal(err)
	}
	var s balanceService
	if err := b.objects.Services.Lookup(k.raw(), &s); err != nil {
		t.Fatal(err)
	}
	mask := words(netip.MustParseAddr("255.255.254.0"))
	if s.Id != 3 || s.Algo != MH || s.Flags != ByPort || s.Persist != 2 || s.Mask.W != mask {
		t.Errorf("%+v", s)
	}
	for range 2 {
		if err := b.DeleteService(k); err != nil {
			t.Error(err)
		}
	}
	if err := b.objects.Services.Lookup(k.raw(), &s); err == nil {
		t.Error("the service is still there")
	}
	if err := b.PutDest(5, Dest{Addr: netip.MustParseAddrPort("[2001:db8::1]:8080"), Method: TUN, Weight: 7, Gone: true}); err != nil {
		t.Fatal(err)
	}
	var d balanceDest
	if err := b.objects.Dests.Lookup(uint32(5), &d); err != nil {
		t.Fatal(err)
	}
	if d.Addr.W != words(netip.MustParseAddr("2001:db8::1")) || d.Port != port(8080) || d.V6 != 1 || d.Method != TUN || d.Weight != 7 || d.Flags != 1 {
		t.Errorf("%+v", d)
	}
	if err := b.PutDest(16, Dest{Addr: netip.MustParseAddrPort("192.0.2.9:1")}); err == nil {
		t.Error("a destination beyond the map was taken")
	}
	if err := b.ClearDest(5); err != nil {
		t.Error(err)
	}
	for _, n := range []int{0, 1, 4093} {
		if err := b.PutTable(7, make([]uint32, n)); err != nil {
			t.Errorf("a table of %d: %v", n, err)
		}
	}
}

// The table of connections forgets by itself; a recount finds what the loads say
// too much.
func TestSweep(t *testing.T) {
	b := open(t)
	if err := b.SetTimeouts(time.Hour, time.Hour, time.Hour); err != nil {
		t.Fatal(err)
	}
	const established = 2
	put := func(port uint16, state uint32, last uint64) {
		k := balanceTuple{Fport: port, Proto: 6}
		if err := b.objects.Conns.Put(&k, &balanceConn{Dest: 4, State: state, Last: last}); err != nil {
			t.Fatal(err)
		}
	}
	// What is from the future, as times of other processors can be, isn't over.
	for i := range uint16(6) {
		put(i, established, 1<<63)
	}
	put(10, 6, 1) // closed long ago
	if err := b.objects.Loads.Put(uint32(4), &balanceLoad{Active: 9, Inactive: 1}); err != nil {
		t.Fatal(err)
	}
	live, ended, err := b.Sweep()
	if err != nil || live != 6 || ended != 1 {
		t.Errorf("%d live, %d ended, %v", live, ended, err)
	}
	if l, err := b.Load(4); err != nil || l != (Load{9, 0}) {
		t.Errorf("%+v %v", l, err)
	}
	if err := b.Recount([]uint32{4}); err != nil {
		t.Fatal(err)
	}
	if l, err := b.Load(4); err != nil || l != (Load{6, 0}) {
		t.Errorf("%+v %v", l, err)
	}
}
