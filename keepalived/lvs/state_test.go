package lvs

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// transcript is all that a Teller hears.
type transcript struct{ lines []string }

func (t *transcript) Log(line string) { t.lines = append(t.lines, line) }

func (t *transcript) Real(v *config.Server, r *config.RealServer, up, changed bool, mail string) {
	what := "RS"
	if !changed {
		what = "mail RS"
	}
	t.lines = append(t.lines, fmt.Sprintf("<%s %s %s>", what, RealName(v, r), updown(up)))
}

func (t *transcript) Quorum(v *config.Server, up bool, mail string) {
	t.lines = append(t.lines, fmt.Sprintf("<VS %s %s %s>", Name(v), updown(up), mail))
}

func updown(up bool) string {
	if up {
		return "UP"
	}
	return "DOWN"
}

func server(addr string, reals ...*config.RealServer) *config.Server {
	return &config.Server{Addr: netip.MustParseAddrPort(addr), Protocol: "TCP", Scheduler: "rr", Quorum: 1, Granularity: 32, Servers: reals}
}

// real has one checker.
func real(port, weight int) *config.RealServer {
	return &config.RealServer{Addr: netip.MustParseAddrPort(fmt.Sprintf("127.0.0.1:%d", port)), Weight: weight, Checkers: []*config.Checker{{}}}
}

// dests shows what a plane is to have: the ports' last digits with weights.
func dests(s *State) string {
	var b strings.Builder
	for i, sv := range s.Services() {
		if i > 0 {
			b.WriteByte('|')
		}
		for _, d := range sv.Dests {
			fmt.Fprintf(&b, " %d=%d", d.Addr.Port(), d.Weight)
		}
	}
	return strings.TrimSpace(b.String())
}

func allUp(*config.Checker) Standing   { return Standing{Up: true} }
func allDown(*config.Checker) Standing { return Standing{} }

// play compares what is told by each step, and what the plane is to have after it.
type step struct {
	do    func(*State)
	told  string
	dests string
}

func play(t *testing.T, tell *transcript, s *State, steps []step) {
	t.Helper()
	for i, st := range steps {
		if st.do != nil {
			tell.lines = nil
			st.do(s)
		}
		var want []string
		for line := range strings.Lines(st.told) {
			if line = strings.TrimSpace(line); line != "" {
				want = append(want, line)
			}
		}
		if !slices.Equal(tell.lines, want) {
			t.Errorf("step %d told:\n%s\nwant:\n%s", i, strings.Join(tell.lines, "\n"), strings.Join(want, "\n"))
		}
		if got := dests(s); got != st.dests {
			t.Errorf("step %d: the plane has %q, want %q", i, got, st.dests)
		}
	}
}

func set(r *config.RealServer, up bool) func(*State) {
	return func(s *State) { s.Set(r.Checkers[0], up, false, "") }
}

// The steps and their lines are those of keepalived 2.2.7 with the same servers.
func TestQuorumAndSorryServer(t *testing.T) {
	one, two := real(1, 1), real(2, 1)
	one.Inhibit = true
	v := server("10.9.0.1:80", one, two)
	v.Quorum, v.Omega = 2, true
	v.Sorry, v.SorryInhibit = real(99, 1), true
	tell := new(transcript)
	s := New(&config.Config{Servers: []*config.Server{v}}, allUp, tell)
	play(t, tell, s, []step{
		{nil, `
			Gained quorum 2+0=2 <= 2 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 UP => Starting with quorum up 2+0=2 <= 2 <=>`, "1=1 2=1 99=0"},
		{set(one, false), `
			Disabling service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 DOWN>
			Lost quorum 2-0=2 > 1 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 DOWN => Lost quorum 2-0=2 > 1 <=>
			Enabling sorry server [127.0.0.1]:tcp:99 to VS [10.9.0.1]:tcp:80
			Removing alive servers from the pool for VS [10.9.0.1]:tcp:80`, "1=0 99=1"},
		{set(one, true), `
			Enabling service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 UP>
			Gained quorum 2+0=2 <= 2 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 UP => Gained quorum 2+0=2 <= 2 <=>
			Disabling sorry server [127.0.0.1]:tcp:99 from VS [10.9.0.1]:tcp:80
			Adding alive servers to the pool for VS [10.9.0.1]:tcp:80`, "1=1 2=1 99=0"},
		{set(one, true), "", "1=1 2=1 99=0"},
		{(*State).Stop, `
			Shutting down service [127.0.0.1]:tcp:1 from VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 DOWN>
			Shutting down service [127.0.0.1]:tcp:2 from VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:2 DOWN>
			<VS [10.9.0.1]:tcp:80 DOWN => Shutting down <=>`, "1=1 2=1 99=0"},
	})
}

func TestHysteresis(t *testing.T) {
	one, two := real(1, 1), real(2, 2)
	v := server("10.9.0.1:80", one, two)
	v.Quorum, v.Hysteresis, v.Sorry = 2, 1, real(99, 1)
	tell := new(transcript)
	s := New(&config.Config{Servers: []*config.Server{v}}, allUp, tell)
	tell.lines = nil
	play(t, tell, s, []step{
		{set(two, false), `
			Removing service [127.0.0.1]:tcp:2 from VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:2 DOWN>`, "1=1"},
		{set(one, false), `
			Removing service [127.0.0.1]:tcp:1 from VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 DOWN>
			Lost quorum 2-1=1 > 0 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 DOWN => Lost quorum 2-1=1 > 0 <=>
			Adding sorry server [127.0.0.1]:tcp:99 to VS [10.9.0.1]:tcp:80
			Removing alive servers from the pool for VS [10.9.0.1]:tcp:80`, "99=1"},
		{set(two, true), `
			Adding service [127.0.0.1]:tcp:2 to VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:2 UP>`, "99=1"}, // 2 is not 3 yet
		{set(one, true), `
			Adding service [127.0.0.1]:tcp:1 to VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 UP>
			Gained quorum 2+1=3 <= 3 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 UP => Gained quorum 2+1=3 <= 3 <=>
			Removing sorry server [127.0.0.1]:tcp:99 from VS [10.9.0.1]:tcp:80
			Adding alive servers to the pool for VS [10.9.0.1]:tcp:80`, "1=1 2=2"},
	})
}

func TestAlpha(t *testing.T) {
	one, two := real(1, 1), real(2, 1)
	one.Inhibit = true
	v := server("10.9.0.1:80", one, two)
	v.Sorry = real(99, 1)
	tell := new(transcript)
	s := New(&config.Config{Servers: []*config.Server{v}}, allDown, tell)
	play(t, tell, s, []step{
		{nil, `
			<VS [10.9.0.1]:tcp:80 DOWN => Starting with quorum down <=>
			Adding sorry server [127.0.0.1]:tcp:99 to VS [10.9.0.1]:tcp:80
			Removing alive servers from the pool for VS [10.9.0.1]:tcp:80`, "1=0 99=1"},
		{func(s *State) { s.Set(one.Checkers[0], false, true, "") }, "<RS [127.0.0.1]:tcp:1 DOWN>", "1=0 99=1"},
		{func(s *State) { s.Set(one.Checkers[0], false, false, "") }, "", "1=0 99=1"},
		{set(one, true), `
			Enabling service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 UP>
			Gained quorum 1+0=1 <= 1 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 UP => Gained quorum 1+0=1 <= 1 <=>
			Removing sorry server [127.0.0.1]:tcp:99 from VS [10.9.0.1]:tcp:80
			Adding alive servers to the pool for VS [10.9.0.1]:tcp:80`, "1=1"},
		{(*State).Stop, `
			Shutting down service [127.0.0.1]:tcp:1 from VS [10.9.0.1]:tcp:80
			Shutting down service [127.0.0.1]:tcp:2 from VS [10.9.0.1]:tcp:80`, "1=1"},
	})
}

// A server is up only while no checker has failed; losing the quorum without a sorry
// server leaves the others where they are.
func TestSeveralCheckers(t *testing.T) {
	one, two := real(1, 1), real(2, 1)
	one.Checkers = append(one.Checkers, &config.Checker{})
	v := server("10.9.0.1:80", one, two)
	v.Quorum = 2
	tell := new(transcript)
	s := New(&config.Config{Servers: []*config.Server{v}}, allUp, tell)
	other := func(up bool) func(*State) { return func(s *State) { s.Set(one.Checkers[1], up, false, "") } }
	tell.lines = nil
	play(t, tell, s, []step{
		{set(one, false), `
			Removing service [127.0.0.1]:tcp:1 from VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 DOWN>
			Lost quorum 2-0=2 > 1 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 DOWN => Lost quorum 2-0=2 > 1 <=>`, "2=1"},
		{other(false), "<mail RS [127.0.0.1]:tcp:1 DOWN>", "2=1"},
		{set(one, true), "<mail RS [127.0.0.1]:tcp:1 DOWN>", "2=1"},
		{other(true), `
			Adding service [127.0.0.1]:tcp:1 to VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 UP>
			Gained quorum 2+0=2 <= 2 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 UP => Gained quorum 2+0=2 <= 2 <=>`, "1=1 2=1"},
	})
}

func TestWeights(t *testing.T) {
	one := real(1, 4)
	one.Checkers = append(one.Checkers, &config.Checker{})
	v := server("10.9.0.1:80", one)
	v.Quorum = 3
	tell := new(transcript)
	s := New(&config.Config{Servers: []*config.Server{v}}, allUp, tell)
	weigh := func(i, w int) func(*State) { return func(s *State) { s.Weigh(one.Checkers[i], w) } }
	tell.lines = nil
	play(t, tell, s, []step{
		{weigh(0, -1), "Changing weight from 4 to 3 for active service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80", "1=3"},
		{weigh(0, -1), "", "1=3"},
		{weigh(1, -800), `
			Changing weight from 3 to 0 for active service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80
			Lost quorum 3-0=3 > 0 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 DOWN => Lost quorum 3-0=3 > 0 <=>`, "1=0"},
		{weigh(1, 4), `
			Changing weight from 0 to 7 for active service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80
			Gained quorum 3+0=3 <= 7 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 UP => Gained quorum 3+0=3 <= 7 <=>`, "1=7"},
		// Going down, a checker takes back what it added, without a word.
		{set(one, false), `
			Removing service [127.0.0.1]:tcp:1 from VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 DOWN>
			Lost quorum 3-0=3 > 0 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 DOWN => Lost quorum 3-0=3 > 0 <=>`, ""},
		{weigh(0, -7), "Changing weight from 8 to 1 for inactive service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80", ""},
		{set(one, true), `
			Adding service [127.0.0.1]:tcp:1 to VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:1 UP>`, "1=1"},
	})
}

func TestStartNotifies(t *testing.T) {
	tell := new(transcript)
	s := New(&config.Config{Global: config.Global{InitNotifies: true}, Servers: []*config.Server{server("10.9.0.1:80", real(1, 1))}}, allUp, tell)
	play(t, tell, s, []step{{nil, `
		<RS [127.0.0.1]:tcp:1 UP>
		Gained quorum 1+0=1 <= 1 for VS [10.9.0.1]:tcp:80
		<VS [10.9.0.1]:tcp:80 UP => Starting with quorum up 1+0=1 <= 1 <=>`, "1=1"}})
}

func reload(s *State, standing func(*config.Checker) Standing, servers ...*config.Server) {
	s.Reload(&config.Config{Servers: servers}, standing, time.Unix(1000, 0))
}

func TestReload(t *testing.T) {
	tell := new(transcript)
	one, two := real(1, 1), real(2, 1)
	s := New(&config.Config{Servers: []*config.Server{server("10.9.0.1:80", one, two), server("10.9.0.2:80", real(1, 1))}}, allUp, tell)
	s.Set(two.Checkers[0], false, false, "")
	down := func(c *config.Checker) Standing { return Standing{Up: c.Kind != "down"} }
	two2 := func(change func(*config.RealServer)) *config.RealServer {
		r := real(2, 1)
		r.Checkers[0].Kind = "down"
		if change != nil {
			change(r)
		}
		return r
	}
	other := server("10.9.0.2:80", real(1, 1))
	inhibit := func(r *config.RealServer) { r.Inhibit = true }
	sorry := func(v *config.Server, quorum int) *config.Server {
		v.Sorry, v.Quorum = real(99, 1), quorum
		return v
	}
	play(t, tell, s, []step{
		{func(s *State) { reload(s, down, server("10.9.0.1:80", real(1, 1), two2(nil)), other) }, "", "1=1| 1=1"},
		{func(s *State) { reload(s, down, server("10.9.0.1:80", real(1, 4), two2(nil)), other) },
			"Changing weight from 1 to 4 for active service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80", "1=4| 1=1"},
		{func(s *State) { reload(s, down, server("10.9.0.1:80", real(1, 4), two2(nil), real(3, 1))) }, `
			Removing Virtual Server [10.9.0.2]:tcp:80
			Removing service [127.0.0.1]:tcp:1 from VS [10.9.0.2]:tcp:80`, "1=4 3=1"},
		{func(s *State) { reload(s, down, server("10.9.0.1:80", real(1, 4), two2(nil))) }, `
			service [127.0.0.1]:tcp:3 no longer exist
			Removing service [127.0.0.1]:tcp:3 from VS [10.9.0.1]:tcp:80`, "1=4"},
		{func(s *State) { reload(s, down, server("10.9.0.1:80", real(1, 4), two2(inhibit))) }, "", "1=4 2=0"},
		{func(s *State) { reload(s, down, sorry(server("10.9.0.1:80", real(1, 4), two2(nil)), 5)) }, `
			Lost quorum 5-0=5 > 4 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 DOWN => Lost quorum 5-0=5 > 4 <=>
			Adding sorry server [127.0.0.1]:tcp:99 to VS [10.9.0.1]:tcp:80
			Removing alive servers from the pool for VS [10.9.0.1]:tcp:80`, "99=1"},
		{func(s *State) { reload(s, allUp, sorry(server("10.9.0.1:80", real(1, 4), real(2, 1)), 5)) }, `
			Adding service [127.0.0.1]:tcp:2 to VS [10.9.0.1]:tcp:80
			<RS [127.0.0.1]:tcp:2 UP>
			Gained quorum 5+0=5 <= 5 for VS [10.9.0.1]:tcp:80
			<VS [10.9.0.1]:tcp:80 UP => Gained quorum 5+0=5 <= 5 <=>
			Removing sorry server [127.0.0.1]:tcp:99 from VS [10.9.0.1]:tcp:80
			Adding alive servers to the pool for VS [10.9.0.1]:tcp:80`, "1=4 2=1"},
		{func(s *State) { reload(s, allUp, server("10.9.0.1:80", real(1, 4), real(2, 1)), other) }, `
			Gained quorum 1+0=1 <= 1 for VS [10.9.0.2]:tcp:80
			<VS [10.9.0.2]:tcp:80 UP => Starting with quorum up 1+0=1 <= 1 <=>`, "1=4 2=1| 1=1"},
	})
}

// What a reload has removed keeps its connections for a time.
func TestDrain(t *testing.T) {
	tell := new(transcript)
	s := New(&config.Config{Servers: []*config.Server{server("10.9.0.1:80", real(1, 1), real(2, 1), real(3, 1), real(4, 1))}}, allUp, tell)
	s.DrainTime = time.Minute
	reload(s, allUp, server("10.9.0.1:80", real(1, 1)))
	count := map[uint16]uint64{3: 5, 4: 7}
	active := func(k Key, d Dest) uint64 {
		if k.Port != 80 || d.Weight != 0 {
			t.Errorf("asked for %+v %+v", k, d)
		}
		return count[d.Addr.Port()]
	}
	at := time.Unix(1000, 0)
	play(t, tell, s, []step{
		{func(s *State) {
			if !s.Draining() || !s.Drain(at, active) || s.Drain(at, active) {
				t.Error("one must go, once")
			}
		}, "", "1=1 3=0 4=0"},
		{func(s *State) { count[3] = 0; s.Drain(at, active) }, "", "1=1 4=0"},
		{func(s *State) { reload(s, allUp, server("10.9.0.1:80", real(1, 1), real(2, 1))) }, "", "1=1 2=1 4=0"}, // stays over a reload
		{func(s *State) { s.Drain(at.Add(time.Minute), active) },
			"Service [127.0.0.1]:tcp:4 of VS [10.9.0.1]:tcp:80 removed with 7 connections left", "1=1 2=1"},
	})
	if s.Draining() {
		t.Error("still draining")
	}
	// Who comes back is not drained.
	reload(s, allUp, server("10.9.0.1:80", real(1, 1)))
	reload(s, allUp, server("10.9.0.1:80", real(1, 1), real(2, 1)))
	if s.Draining() || dests(s) != "1=1 2=1" {
		t.Errorf("%s", dests(s))
	}
}

func TestKeysAndNames(t *testing.T) {
	group := &config.ServerGroup{Name: "g1", Entries: []config.GroupEntry{
		{First: netip.MustParseAddr("10.9.0.1"), Port: 80},
		{First: netip.MustParseAddr("10.9.0.10"), Last: netip.MustParseAddr("10.9.0.12"), Port: 81},
		{FwMark: 7},
	}}
	nat := &config.RealServer{Addr: netip.MustParseAddrPort("10.1.0.1:8080"), Weight: 1}
	dr := &config.RealServer{Addr: netip.MustParseAddrPort("10.1.0.2:8080"), Weight: 1, Forward: config.Forward{Method: "DR"}}
	tun := &config.RealServer{Addr: netip.MustParseAddrPort("10.1.0.3:0"), Weight: 1, Forward: config.Forward{Method: "TUN", Tunnel: "gue", Port: 6080, Sum: "csum"}}
	v := &config.Server{Group: group, Protocol: "TCP", Scheduler: "sh", Flags: []string{"ops", "sh-port"}, Quorum: 1, Servers: []*config.RealServer{nat, dr, tun}}
	s := New(&config.Config{Servers: []*config.Server{v}}, allUp, new(transcript))
	var got []string
	for _, sv := range s.Services() {
		line := fmt.Sprintf("%v %d %d fwm %d %v %v:", sv.Addr, sv.Port, sv.Protocol, sv.FwMark, sv.OnePacket, sv.Flags)
		for _, d := range sv.Dests {
			line += fmt.Sprintf(" %v/%v%s", d.Addr, d.Forward.Method, d.Forward.Tunnel)
		}
		got = append(got, line)
	}
	want := []string{
		"10.9.0.1 80 6 fwm 0 true [sh-port]: 10.1.0.1:8080/NAT 10.1.0.2:80/DR 10.1.0.3:80/TUNgue",
		"10.9.0.10 81 6 fwm 0 true [sh-port]: 10.1.0.1:8080/NAT 10.1.0.2:81/DR 10.1.0.3:81/TUNgue",
		"10.9.0.11 81 6 fwm 0 true [sh-port]: 10.1.0.1:8080/NAT 10.1.0.2:81/DR 10.1.0.3:81/TUNgue",
		"10.9.0.12 81 6 fwm 0 true [sh-port]: 10.1.0.1:8080/NAT 10.1.0.2:81/DR 10.1.0.3:81/TUNgue",
		"invalid IP 0 0 fwm 7 true [sh-port]: 10.1.0.1:8080/NAT 10.1.0.2:0/DR 10.1.0.3:0/TUNgue",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, c := range []struct {
		v          config.Server
		name, real string
	}{
		{*v, "[g1]:0", "[10.1.0.1]:tcp:8080"},
		{config.Server{FwMark: 9}, "FWM 9", "[10.1.0.1]:none:8080"},
		{config.Server{Addr: netip.MustParseAddrPort("[2001:db8::1]:53"), Protocol: "UDP"}, "[2001:db8::1]:udp:53", "[10.1.0.1]:udp:8080"},
	} {
		if n, r := Name(&c.v), RealName(&c.v, nat); n != c.name || r != c.real {
			t.Errorf("%s %s, want %s %s", n, r, c.name, c.real)
		}
	}
}
