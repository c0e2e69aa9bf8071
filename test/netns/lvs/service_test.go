package lvs

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/sched"
)

const (
	tcp = 6
	udp = 17
)

// service is one at a virtual address with the servers of the world by weights.
type service struct {
	algo    string
	method  lvs.Method
	v6      bool
	proto   uint8 // TCP if 0
	weights []int
	change  func(*lvs.Service)
}

func (s service) make() *lvs.Service {
	k := lvs.Key{Addr: netip.MustParseAddr(vip), Port: 80, Protocol: tcp, V6: s.v6}
	if s.v6 {
		k.Addr = netip.MustParseAddr(vip6)
	}
	if s.proto != 0 {
		k.Protocol = s.proto
	}
	out := &lvs.Service{Key: k, Scheduler: s.algo}
	for i, weight := range s.weights {
		addr, port := serverAddr(i+1), uint16(8080)
		if s.v6 {
			addr = serverAddr6(i + 1)
		}
		if s.method != lvs.NAT {
			port = 80
		}
		out.Dests = append(out.Dests, lvs.Dest{Addr: netip.AddrPortFrom(netip.MustParseAddr(addr), port), Weight: weight,
			Forward: lvs.Forward{Method: s.method}})
	}
	if s.change != nil {
		s.change(out)
	}
	return out
}

func (s service) addr() string {
	if s.v6 {
		return net.JoinHostPort(vip6, "80")
	}
	return vip + ":80"
}

func (w *world) apply(services ...service) {
	w.t.Helper()
	var all []*lvs.Service
	for _, s := range services {
		all = append(all, s.make())
	}
	w.balancer.must("apply", "", all)
}

// names asks the client to reach a service n times.
func (w *world) names(network string, d dial) []string {
	w.t.Helper()
	var names []string
	w.client.must(network, "", d, &names)
	return names
}

// model is the scheduler that a plane should act as, with servers named s1, s2...
type model struct {
	sched.Scheduler
	list  []*sched.Server
	names map[*sched.Server]string
}

func newModel(t *testing.T, s *lvs.Service) *model {
	t.Helper()
	algo, err := sched.New(s.Scheduler, s.Flags)
	if err != nil {
		t.Fatal(err)
	}
	m := &model{Scheduler: algo, names: map[*sched.Server]string{}}
	for i, d := range s.Dests {
		one := &sched.Server{Addr: d.Addr}
		one.Set(d.Weight, d.Upper, d.Lower)
		m.names[one] = fmt.Sprintf("s%d", i+1)
		m.list = append(m.list, one)
	}
	m.Update(sched.Order(nil, m.list))
	return m
}

// open is who gets the next connection, which stays.
func (m *model) open(from string, to netip.Addr) string {
	s := m.Pick(sched.Client{From: netip.MustParseAddrPort(from), To: to})
	if s == nil {
		return "-"
	}
	s.Open()
	return m.names[s]
}

// shut closes a connection of a server, which is forgotten or becomes inactive.
func (m *model) shut(name string, forget bool) {
	for s, n := range m.names {
		switch {
		case n != name:
		case forget:
			s.Shut(true)
		default:
			s.Idle()
		}
	}
}

func tally(names []string) string {
	n := map[string]int{}
	for _, s := range names {
		n[s]++
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fmt.Sprintf("%s:%d", k, n[k]))
	}
	return strings.Join(out, " ")
}

func (w *world) counters(of service) lvs.ServiceCounters {
	w.t.Helper()
	var all []lvs.ServiceCounters
	w.balancer.must("counters", "", nil, &all)
	want := of.make().Key
	for _, c := range all {
		if c.Key == want {
			return c
		}
	}
	w.t.Fatalf("no counters of %+v in %+v", want, all)
	return lvs.ServiceCounters{}
}
