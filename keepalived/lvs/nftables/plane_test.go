package nftables

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/nft"
	"moongate/keepalived/lvs"
)

// fake takes batches, and fails when it is told to.
type fake struct {
	nft.Conn
	commits int
	fail    error
	counts  map[string]nft.Count
	kept    bool
}

func (f *fake) Commit(*nft.Batch) error {
	if f.fail == nil {
		f.commits++
	}
	return f.fail
}
func (f *fake) Counts() (map[string]nft.Count, error) { return f.counts, nil }
func (f *fake) Close(keep bool) error                 { f.kept = keep; return nil }

func dest1(addr string) lvs.Dest { return lvs.Dest{Addr: netip.MustParseAddrPort(addr), Weight: 1} }

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
	f := &fake{}
	p := with(f)
	a, b := dest1("10.0.0.1:80"), dest1("10.0.0.2:80")
	apply(t, p, web("rr", a, b))
	apply(t, p, web("rr", a, b))
	if f.commits != 1 {
		t.Error("what is the same was written again:", f.commits)
	}
	// A destination that leaves takes its count with it, for the service's sum.
	f.counts = map[string]nft.Count{"dest2": {Packets: 5}, "dest3": {Packets: 7}}
	apply(t, p, web("rr", a))
	delete(f.counts, "dest3")
	all, err := p.Counters()
	if err != nil || len(all) != 1 || all[0].Connections != 12 || len(all[0].Dests) != 1 || all[0].Dests[0].Connections != 5 {
		t.Errorf("%+v %v", all, err)
	}
	// Its chain is deleted a while after nothing leads to it.
	if p.bury(time.Now()); len(p.doomed) != 1 || f.commits != 2 {
		t.Error("deleted at once:", f.commits)
	}
	if p.bury(time.Now().Add(time.Second)); len(p.doomed) != 0 || f.commits != 3 {
		t.Error("not deleted:", f.commits)
	}
	// When it comes back it is another one.
	apply(t, p, web("rr", a, b))
	if got := p.services[web("").Key].dests[b.Addr]; got != 4 {
		t.Error("the number is", got)
	}
	// What the kernel refuses leaves things as they were, and is tried again.
	f.fail = errors.New("no")
	if err := p.Apply([]*lvs.Service{web("rr", b)}); err == nil || err.Error() != "192.0.2.1:80: no" {
		t.Error(err)
	}
	if all, _ := p.Counters(); len(all) != 1 || len(all[0].Dests) != 2 {
		t.Errorf("%+v", all)
	}
	f.fail = nil
	apply(t, p, web("rr", b))
	if n := len(p.services[web("").Key].dests); n != 1 {
		t.Error(n, "destinations")
	}
	apply(t, p)
	if len(p.services) != 0 {
		t.Error(p.services)
	}
	if err := p.Close(true); err != nil || !f.kept {
		t.Error("not kept:", err)
	}
}

// Destinations are made anew when they are to remember otherwise, and only then.
func TestMemory(t *testing.T) {
	p := with(&fake{})
	s := web("rr", dest1("10.0.0.1:80"))
	number := func() dest {
		t.Helper()
		one := *s
		one.Dests = append([]lvs.Dest(nil), s.Dests...)
		apply(t, p, &one)
		return p.services[s.Key].dests[s.Dests[0].Addr]
	}
	first := number()
	s.Persistence = time.Minute
	second := number()
	s.Dests[0].Weight = 2
	if third := number(); first == second || second != third {
		t.Error(first, second, third)
	}
	s.Granularity = 24
	if fourth := number(); fourth == second {
		t.Error(fourth)
	}
}

func TestSharesOfBuckets(t *testing.T) {
	s := &service{}
	table := s.withWeight([]int{0, 1, 2, 0, 1, 2}, []int{1, 0, 1})
	for i, n := range table {
		if n == 1 || n != []int{0, n, 2, 0, n, 2}[i] {
			t.Error(table)
		}
	}
	if got := s.withWeight([]int{0, 1}, []int{0, 0}); got != nil {
		t.Error(got)
	}
}

func TestCannot(t *testing.T) {
	dr, many := dest1("10.0.0.1:80"), dest1("10.0.0.1:80")
	dr.Forward.Method = lvs.DR
	many.Upper = 5
	for _, c := range []struct {
		s    *lvs.Service
		want string
		can  bool
	}{
		{web("wrr", dest1("10.0.0.1:80")), "", true},
		{web("rr", many), "uthreshold, which is ignored", true},
		{web("wlc"), "scheduler wlc", false},
		{web("rr", dr), "DR", false},
		{web("rr", dest1("[2001:db8::1]:80")), "NAT between IPv4 and IPv6", false},
		{&lvs.Service{Key: lvs.Key{FwMark: 1}, Scheduler: "rr"}, "virtual servers by firewall mark", false},
	} {
		p := with(&fake{})
		if got := strings.Join(p.Cannot(c.s), ", "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if err := p.Apply([]*lvs.Service{c.s}); (err == nil) != c.can {
			t.Error(err)
		}
		if err := p.Apply([]*lvs.Service{c.s}); err != nil {
			t.Error("said again:", err)
		}
	}
}
