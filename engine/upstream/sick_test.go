package upstream

import (
	"net/netip"
	"testing"

	"moongate/engine/resolver"
	"moongate/engine/zone"
)

func live(t *testing.T, servers ...Server) *Group {
	t.Helper()
	g := &Group{Name: "g", Balancer: first{}, Servers: servers}
	if err := g.Open(); err != nil {
		t.Fatal(err)
	}
	g.Replace(servers)
	return g
}

func at(name, addr string, weight int) Server {
	a := netip.MustParseAddrPort(addr)
	return Server{Name: name, HostHeader: name, Weight: weight, Addrs: []resolver.Address{{IP: a, Name: addr}}}
}

// A sick peer stays so when the list changes, until it is judged again; what the
// configuration says of it comes first.
func TestJudge(t *testing.T) {
	one, two := at("one", "10.0.0.1:80", 30), at("two", "10.0.0.2:80", 70)
	g := live(t, one, two)
	g.Judge(func(p *Peer) bool { return p.Server != "two" }, 29)
	if !g.Fit() || g.Sick("one", "10.0.0.1:80") || !g.Sick("two", "10.0.0.2:80") {
		t.Errorf("30 of 100: fit %v", g.Fit())
	}
	if g.Judge(func(p *Peer) bool { return p.Server != "two" }, 30); g.Fit() {
		t.Error("30 of 100 is fit for a threshold of 30")
	}
	down := func() (list [2]int64) {
		for i, p := range g.Peers.List {
			list[i] = p.Down
		}
		return list
	}
	g.Replace([]Server{one, two})
	if got := down(); got != [2]int64{0, zone.PeerSick} {
		t.Errorf("after Replace: %v", got)
	}
	two.Down = true
	g.Replace([]Server{one, two})
	if g.Judge(func(*Peer) bool { return true }, 99); !g.Fit() || down() != [2]int64{0, zone.PeerDown} {
		t.Errorf("one is down: fit %v, %v", g.Fit(), down())
	}
	two.Down = false
	g.Replace([]Server{one, two})
	if got := down(); got != [2]int64{} {
		t.Errorf("up again: %v", got)
	}
}

// Without any peer there is nobody to ask.
func TestNobody(t *testing.T) {
	g := live(t)
	if g.Judge(func(*Peer) bool { return true }, 0); g.Fit() {
		t.Error("fit")
	}
}

func TestAuthority(t *testing.T) {
	for _, x := range []struct {
		host          string
		port          uint16
		plain, secure string
	}{
		{"a.test", 8000, "a.test:8000", "a.test:8000"},
		{"a.test", 80, "a.test", "a.test:80"},
		{"a.test", 443, "a.test:443", "a.test"},
		{"[::1]", 80, "[::1]", "[::1]:80"},
		{"[::1]:8080", 81, "[::1]:8080", "[::1]:8080"},
		{"a.test:8443", 443, "a.test:8443", "a.test:8443"},
		{"", 80, "", ""},
	} {
		p := &Peer{authority: authority(x.host, x.port)}
		if p.Authority(false) != x.plain || p.Authority(true) != x.secure {
			t.Errorf("%s %d: %q", x.host, x.port, p.authority)
		}
	}
}
