package ebpf

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/bpf"
	"moongate/keepalived/lvs"
)

// fake is a kernel that remembers what it was told, and fails where fail says.
type fake struct {
	services map[bpf.Key]bpf.Service
	tables   map[uint32][]uint32
	dests    map[uint32]bpf.Dest
	loads    map[uint32]bpf.Load
	lifted   []uint32
	log      []string
	live     int
	recounts int
	attached map[int]bool
	fail     string
}

func newFake() *fake {
	return &fake{services: map[bpf.Key]bpf.Service{}, tables: map[uint32][]uint32{}, dests: map[uint32]bpf.Dest{},
		loads: map[uint32]bpf.Load{}, attached: map[int]bool{}}
}

func (f *fake) did(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	f.log = append(f.log, text)
	if f.fail != "" && strings.HasPrefix(text, f.fail) {
		return errors.New("no")
	}
	return nil
}

func (f *fake) PutService(k bpf.Key, s bpf.Service) error {
	f.services[k] = s
	return f.did("service %d", s.ID)
}
func (f *fake) DeleteService(k bpf.Key) error {
	delete(f.services, k)
	return f.did("no service")
}
func (f *fake) ClearService(id uint32) error { return f.did("clear service %d", id) }
func (f *fake) PutTable(id uint32, t []uint32) error {
	f.tables[id] = t
	return f.did("table %d", id)
}
func (f *fake) PutDest(i uint32, d bpf.Dest) error { f.dests[i] = d; return f.did("dest %d", i) }
func (f *fake) ClearDest(i uint32) error           { delete(f.loads, i); return f.did("clear dest %d", i) }
func (f *fake) Lift(i uint32) error                { f.lifted = append(f.lifted, i); return nil }
func (f *fake) SetTimeouts(tcp, fin, udp time.Duration) error {
	return f.did("timeouts %v %v %v", tcp, fin, udp)
}
func (f *fake) Load(i uint32) (bpf.Load, error)         { return f.loads[i], nil }
func (f *fake) DestCounts(i uint32) (bpf.Counts, error) { return bpf.Counts{Conns: uint64(i)}, nil }
func (f *fake) ServiceCounts(id uint32) (bpf.Counts, error) {
	return bpf.Counts{Conns: 100 + uint64(id)}, nil
}
func (f *fake) Sweep() (int, int, error)   { return f.live, 0, nil }
func (f *fake) Recount(all []uint32) error { f.recounts++; return nil }
func (f *fake) Attach(i int) error         { f.attached[i] = true; return nil }
func (f *fake) Attached() (all []int) {
	for i := range f.attached {
		all = append(all, i)
	}
	return all
}
func (f *fake) Detach(i int) error { delete(f.attached, i); return nil }
func (f *fake) Close() error       { return nil }

func dest1(addr string, weight int) lvs.Dest {
	return lvs.Dest{Addr: netip.MustParseAddrPort(addr), Weight: weight}
}

func web(algo string, dests ...lvs.Dest) *lvs.Service {
	return &lvs.Service{Key: lvs.Key{Addr: netip.MustParseAddr("192.0.2.1"), Port: 80, Protocol: 6}, Scheduler: algo, Dests: dests}
}

func apply(t *testing.T, p *Plane, services ...*lvs.Service) {
	t.Helper()
	if err := p.Apply(services); err != nil {
		t.Fatal(err)
	}
}

func TestApply(t *testing.T) {
	f := newFake()
	p := make1(f, Options{})
	a, b, c := dest1("10.0.0.1:80", 2), dest1("10.0.0.2:80", 1), dest1("10.0.0.3:80", 0)
	apply(t, p, web("wrr", a, b, c))
	// The newest is at the head of the list: c, b, a, by weights 0, 1, 2.
	if got := fmt.Sprint(f.tables[0]); got != "[0 1 0]" {
		t.Error("wrr:", got)
	}
	if got := strings.Join(f.log, ", "); got != "clear service 0, clear dest 0, dest 0, clear dest 1, dest 1, clear dest 2, dest 2, table 0, service 0" {
		t.Error(got)
	}
	// What is the same is not touched.
	f.log = nil
	apply(t, p, web("wrr", a, b, c))
	if f.log != nil {
		t.Error(f.log)
	}
	// A weight changes a destination and the table.
	b.Weight = 2
	apply(t, p, web("wrr", a, b, c))
	if got := strings.Join(f.log, ", "); got != "dest 1, table 0" || f.dests[1].Weight != 2 {
		t.Error(got, f.dests[1])
	}
	// One leaves: the table first, then it is told to be gone.
	f.log = nil
	apply(t, p, web("wrr", a, c))
	if got := strings.Join(f.log, ", "); got != "table 0, dest 1" || !f.dests[1].Gone {
		t.Error(got, f.dests[1])
	}
	// It comes back while its connections live: the same one.
	f.loads[1] = bpf.Load{Active: 1}
	if err := p.tick(); err != nil {
		t.Fatal(err)
	}
	f.log = nil
	apply(t, p, web("wrr", a, b, c))
	if got := strings.Join(f.log, ", "); got != "dest 1, table 0" || f.dests[1].Gone {
		t.Error(got, f.dests[1])
	}
	// Gone for good, its place is the next one's.
	apply(t, p, web("wrr", a, c))
	f.loads[1] = bpf.Load{}
	if err := p.tick(); err != nil {
		t.Fatal(err)
	}
	apply(t, p, web("wrr", a, c, dest1("10.0.0.4:80", 1)))
	if f.dests[1].Addr != netip.MustParseAddrPort("10.0.0.4:80") {
		t.Error(f.dests[1])
	}
	// No service is left; its number waits for the last connection.
	f.loads[0] = bpf.Load{Inactive: 1}
	apply(t, p)
	if len(f.services) != 0 {
		t.Error(f.services)
	}
	other := web("rr", a)
	other.Port = 81
	if err := p.tick(); err != nil {
		t.Fatal(err)
	}
	apply(t, p, other)
	if got := f.services[rawKey(other.Key)].ID; got != 1 {
		t.Error("the number of a draining service was taken:", got)
	}
}

func TestThresholdIsLifted(t *testing.T) {
	f := newFake()
	p := make1(f, Options{})
	d := dest1("10.0.0.1:80", 1)
	d.Upper = 5
	apply(t, p, web("rr", d))
	f.lifted = nil
	d.Upper = 4
	apply(t, p, web("rr", d))
	if f.lifted != nil {
		t.Error("a lower limit lifted the overload")
	}
	d.Upper = 9
	apply(t, p, web("rr", d))
	if !slices.Equal(f.lifted, []uint32{0}) {
		t.Error(f.lifted)
	}
}

// A failure names the service, and the others are applied all the same.
func TestFailure(t *testing.T) {
	f := newFake()
	f.fail = "table 0"
	p := make1(f, Options{})
	other := web("rr", dest1("10.0.0.9:80", 1))
	other.Port = 81
	err := p.Apply([]*lvs.Service{web("rr", dest1("10.0.0.1:80", 1)), other})
	if err == nil || err.Error() != "192.0.2.1:80: no" {
		t.Error(err)
	}
	if len(f.services) != 1 {
		t.Error(f.services)
	}
	f.fail = ""
	apply(t, p, web("rr", dest1("10.0.0.1:80", 1)), other)
	if len(f.services) != 2 {
		t.Error(f.services)
	}
	if all, err := p.Counters(); err != nil || len(all) != 2 || all[0].Port != 80 || all[1].Port != 81 || all[0].Dests[0].Addr.String() != "10.0.0.1:80" {
		t.Error(all, err)
	}
}

// Loads that say more than there is, three times in a row, are counted again.
func TestRecount(t *testing.T) {
	f := newFake()
	p := make1(f, Options{})
	apply(t, p, web("lc", dest1("10.0.0.1:80", 1)))
	f.loads[0] = bpf.Load{Active: 5}
	for i, live := range []int{4, 4, 5, 4, 4, 4, 4} {
		f.live = live
		if err := p.tick(); err != nil {
			t.Fatal(err)
		}
		if want := i / 5; f.recounts != want {
			t.Errorf("after %d sweeps %d recounts", i+1, f.recounts)
		}
	}
}

func TestCannot(t *testing.T) {
	tunnel := func(f lvs.Forward) lvs.Dest { d := dest1("[2001:db8::1]:80", 1); d.Forward = f; return d }
	for _, c := range []struct {
		s    *lvs.Service
		want string
	}{
		{web("rr", dest1("10.0.0.1:80", 1)), ""},
		{web("lblcr"), "scheduler lblcr"},
		{&lvs.Service{Key: lvs.Key{FwMark: 3}, Scheduler: "rr"}, "virtual servers by firewall mark"},
		{&lvs.Service{Key: lvs.Key{Addr: netip.MustParseAddr("192.0.2.1"), Protocol: 132}, Scheduler: "rr"}, "protocols other than TCP and UDP"},
		{web("rr", dest1("[2001:db8::1]:80", 1), dest1("[2001:db8::2]:80", 1)), "NAT between IPv4 and IPv6"},
		{web("rr", tunnel(lvs.Forward{Method: lvs.TUN})), ""},
		{web("rr", tunnel(lvs.Forward{Method: lvs.TUN, Tunnel: "gue", Sum: "remcsum"})), "remcsum of tunnels"},
	} {
		p := make1(newFake(), Options{})
		if got := strings.Join(p.Cannot(c.s), ", "); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
		if err := p.Apply([]*lvs.Service{c.s}); (err == nil) != (c.want == "") {
			t.Error(err)
		}
	}
}
