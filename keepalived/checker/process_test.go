package checker

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/role"
)

func TestDownAndUp(t *testing.T) {
	a, b := newDoor(t), newDoor(t)
	r := newRig(t, serving(real(a.addr), real(b.addr)))
	r.start()
	pa, pb := a.addr.Port(), b.addr.Port()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1 %d=1", pa, pb))
	r.said("Data plane of virtual servers is fake")
	r.said(fmt.Sprintf("Activating healthchecker for service [127.0.0.1]:tcp:%d for VS [10.9.0.1]:tcp:80", pa))
	r.said(fmt.Sprintf("TCP connection to [127.0.0.1]:tcp:%d success.", pa))
	r.said(fmt.Sprintf("TCP connection to [127.0.0.1]:tcp:%d success.", pb))
	r.taken()
	a.close()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1", pb))
	a.open()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1 %d=1", pa, pb))
	name := fmt.Sprintf("[127.0.0.1]:tcp:%d", pa)
	want := []string{
		"TCP_CHECK on service " + name + " failed.",
		"Removing service " + name + " from VS [10.9.0.1]:tcp:80",
		"<[10.9.0.1]:tcp:80 " + name + " false script [down] mail true>",
		"TCP connection to " + name + " success.",
		"Adding service " + name + " to VS [10.9.0.1]:tcp:80",
		"<[10.9.0.1]:tcp:80 " + name + " true script [up] mail true>",
	}
	if got := r.taken(); !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	s := r.ask()
	if s.Plane != "fake" || len(s.Servers) != 1 || !s.Servers[0].Quorum || s.Servers[0].Connections != 10 || s.Servers[0].BytesIn != 20 {
		t.Errorf("%+v", s)
	}
	if re := s.Servers[0].Reals[0]; !re.Alive || !re.Set || re.Connections != 5 || !re.Checkers[0].Up || !re.Checkers[0].Ran || re.Checkers[0].At.IsZero() {
		t.Errorf("%+v", re)
	}
	r.stop()
	got := r.taken()
	if want := []string{
		"Shutting down service " + name + " from VS [10.9.0.1]:tcp:80",
		fmt.Sprintf("Shutting down service [127.0.0.1]:tcp:%d from VS [10.9.0.1]:tcp:80", pb),
		"plane closed, keep false", "notifier closed",
	}; !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// The plane hears of lvs_timeouts when they are set, and when they change.
func TestTimeouts(t *testing.T) {
	with := func(tcp time.Duration) *config.Config {
		cfg := serving()
		cfg.Global.Timeouts[0] = tcp
		return cfg
	}
	r := newRig(t, with(time.Minute))
	r.start()
	r.said("timeouts 1m0s 0s 0s")
	r.taken()
	r.reload(with(time.Minute))
	if got := r.taken(); slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "timeouts") }) {
		t.Errorf("%q", got)
	}
	r.reload(with(0))
	r.said("timeouts 0s 0s 0s")
}

// lvs_flush is for a start, not for a process that takes another's place.
func TestFlush(t *testing.T) {
	for _, c := range []struct {
		global    config.Global
		restarted bool
		keep      bool
		want      int
	}{
		{config.Global{}, false, false, 0},
		{config.Global{Flush: true}, false, false, 1},
		{config.Global{Flush: true}, true, false, 0},
		{config.Global{FlushOnStop: "all"}, false, false, 1},
		{config.Global{FlushOnStop: "all"}, false, true, 0},
		{config.Global{FlushOnStop: "VS"}, false, false, 0},
	} {
		cfg := serving()
		cfg.Global = c.global
		r := newRig(t, cfg)
		r.p.session.Restarted, r.p.session.Options.KeepIPVS = c.restarted, c.keep
		r.start()
		r.stop()
		n := 0
		for _, l := range r.taken() {
			if l == "flushed" {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%+v: flushed %d times, want %d", c, n, c.want)
		}
	}
}

// Plane.Apply that failed is tried again.
func TestApplyAgain(t *testing.T) {
	a := newDoor(t)
	r := newRig(t, serving(real(a.addr)))
	r.applyErr = errors.New("busy")
	r.start()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1", a.addr.Port()))
	r.said("Data plane fake: busy")
}

// A reload brings nobody up by itself, whether the checker is the same or another.
func TestReloadKeepsFailures(t *testing.T) {
	a, b := newDoor(t), newDoor(t)
	build := func(change func(*config.Checker)) *config.Config {
		x, y := real(a.addr), real(b.addr)
		x.Checkers[0].Loop = time.Hour // the first result must do
		if change != nil {
			change(x.Checkers[0])
		}
		return serving(x, y)
	}
	a.close()
	r := newRig(t, build(nil))
	r.start()
	only := fmt.Sprintf("10.9.0.1 %d=1", b.addr.Port())
	r.plane(only)
	name := fmt.Sprintf("[127.0.0.1]:tcp:%d", a.addr.Port())
	r.said("TCP_CHECK on service " + name + " failed.")
	flapped := func() bool {
		return slices.ContainsFunc(r.taken(), func(l string) bool {
			return strings.Contains(l, name) && !strings.HasPrefix(l, "Activating")
		})
	}
	r.taken()
	r.reload(build(nil))
	r.reload(build(func(c *config.Checker) { c.Retry, c.Pos.Line = 3, 77 }))
	if r.plane(only); flapped() {
		t.Error("the same checker does not keep its result")
	}
	if s := r.ask().Servers[0].Reals[0].Checkers[0]; !s.Ran || s.Up {
		t.Errorf("%+v", s)
	}
	// Another checker: down until it has run.
	r.reload(build(func(c *config.Checker) { c.BindIf, c.Warmup = "lo", time.Hour }))
	if r.plane(only); flapped() {
		t.Error("another checker brings the server up before it has run")
	}
	// No checker at all: always up.
	cfg := build(nil)
	cfg.Servers[0].Servers[0].Checkers = nil
	r.reload(cfg)
	r.plane(fmt.Sprintf("10.9.0.1 %d=1 %d=1", a.addr.Port(), b.addr.Port()))
}

// A process that takes the place of one that died knows who had failed.
func TestRestart(t *testing.T) {
	a, b := newDoor(t), newDoor(t)
	a.close()
	r := newRig(t, serving(real(a.addr), real(b.addr)))
	r.start()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1", b.addr.Port()))
	r.stop()

	x, y := real(a.addr), real(b.addr)
	x.Checkers[0].Warmup, y.Checkers[0].Warmup = time.Hour, time.Hour
	next := newRig(t, serving(x, y))
	next.p.session.Restarted, next.p.session.Kept = true, r.kept
	next.start()
	next.plane(fmt.Sprintf("10.9.0.1 %d=1", b.addr.Port()))
}

func TestDraining(t *testing.T) {
	a, b := newDoor(t), newDoor(t)
	r := newRig(t, serving(real(a.addr), real(b.addr)))
	r.active = 3
	r.start()
	pa, pb := a.addr.Port(), b.addr.Port()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1 %d=1", pa, pb))
	cfg := serving(real(a.addr))
	r.events <- role.Event{Kind: role.Reload, Config: cfg} // the counters go on to tell of both
	r.plane(fmt.Sprintf("10.9.0.1 %d=1 %d=0", pa, pb))
	r.mu.Lock()
	r.active = 0
	r.mu.Unlock()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1", pa))
}

func TestBFD(t *testing.T) {
	addr := netip.MustParseAddrPort("127.0.0.1:7")
	re := real(addr)
	re.Checkers = []*config.Checker{{Kind: "BFD_CHECK", BFD: "b1"}}
	r := newRig(t, serving(re))
	r.start()
	r.plane("10.9.0.1 7=1")
	for _, c := range []struct{ message, plane, line string }{
		{"b1 down", "10.9.0.1", "BFD check of [b1] RS([127.0.0.1]:tcp:7) is DOWN"},
		{"b1 up", "10.9.0.1 7=1", "BFD check of [b1] RS([127.0.0.1]:tcp:7) is UP"},
		{"other down", "10.9.0.1 7=1", "Received BFD event: instance other is in state Down"},
	} {
		r.events <- role.Event{Kind: role.Message, From: role.BFD, Data: []byte(c.message)}
		r.said(c.line)
		r.plane(c.plane)
	}
	r.events <- role.Event{Kind: role.Message, From: role.VRRP, Data: []byte("b1 down")}
	if r.ask().Servers[0].Reals[0].Alive != true {
		t.Error("listens to the wrong process")
	}
}

func TestSuspend(t *testing.T) {
	a := newDoor(t)
	cfg := serving(real(a.addr))
	cfg.Servers[0].HASuspend = true
	cfg.Servers[0].Servers[0].Checkers[0].Alpha = true
	r := newRig(t, cfg)
	l := &locals{wake: make(chan struct{}, 1), have: map[netip.Addr]map[int]bool{}}
	r.p.locals = func(role.Logf) (*locals, error) { return l, nil }
	r.start()
	which := fmt.Sprintf("healthchecker for service [127.0.0.1]:tcp:%d for VS [10.9.0.1]:tcp:80", a.addr.Port())
	r.said("Deactivating " + which)
	if s := r.ask().Servers[0].Reals[0].Checkers[0]; s.Ran {
		t.Error("checks without its address")
	}
	vip := netip.MustParseAddr("10.9.0.1")
	l.set(vip, 2, true)
	r.said("Netlink reflector reports IP 10.9.0.1 added")
	r.said("Activating " + which)
	r.plane(fmt.Sprintf("10.9.0.1 %d=1", a.addr.Port()))
	l.set(vip, 3, true)
	l.set(vip, 2, false)
	l.set(vip, 3, false)
	r.said("Netlink reflector reports IP 10.9.0.1 removed")
	r.said("Suspending " + which)
	// What it knows it keeps.
	r.plane(fmt.Sprintf("10.9.0.1 %d=1", a.addr.Port()))
}

func TestMails(t *testing.T) {
	r := newRig(t, serving())
	tell := &teller{log: func(role.Level, string, ...any) {}, notify: r, global: &config.Global{}}
	v := &config.Server{Addr: netip.MustParseAddrPort("10.9.0.1:80"), Protocol: "TCP", Mail: true, QuorumUp: config.Command{Args: []string{"qup"}}}
	re := real(netip.MustParseAddrPort("127.0.0.1:7"))
	tell.Real(v, re, false, false, "=> one more <=")
	tell.global.Mail.NoCheckers = true
	tell.Real(v, re, false, false, "=> not this one <=")
	tell.Real(v, re, false, true, "")
	tell.Quorum(v, true, "")
	want := []string{"<mail => one more <=>", "<[10.9.0.1]:tcp:80 [127.0.0.1]:tcp:7 false script [down] mail true>", "<[10.9.0.1]:tcp:80  true script [qup] mail true>"}
	if got := r.taken(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestChoiceOfPlane(t *testing.T) {
	none := errors.New("the kernel has no ip_vs")
	var rg rig
	openers := []Opener{
		{"ipvs", func(*config.Global, role.Logf) (lvs.Plane, error) { return nil, none }},
		{"fake", func(*config.Global, role.Logf) (lvs.Plane, error) { return plane{&rg}, nil }},
	}
	lc := serving(real(netip.MustParseAddrPort("127.0.0.1:7"))).Servers[0]
	lc.Scheduler = "lc"
	for _, c := range []struct {
		backend string
		servers []*config.Server
		line    string
	}{
		{"", nil, "Data plane of virtual servers is fake (ipvs: the kernel has no ip_vs)"},
		{"fake", []*config.Server{lc}, "Data plane of virtual servers is fake, which cannot do lc for [10.9.0.1]:tcp:80"},
		{"ipvs", nil, "There is no data plane for virtual servers (ipvs: the kernel has no ip_vs): servers are only checked"},
		{"xdp", nil, "There is no data plane for virtual servers (lvs_backend xdp is not known here): servers are only checked"},
	} {
		var lines []string
		p := open(openers, &config.Config{Global: config.Global{Backend: c.backend}, Servers: c.servers},
			func(_ role.Level, format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) })
		if len(lines) != 1 || lines[0] != c.line || (p == nil) != strings.HasPrefix(c.line, "There is no") {
			t.Errorf("%q: %v, %q", c.backend, p, lines)
		}
	}
	// Without any the checks run all the same.
	a := newDoor(t)
	a.close()
	r := newRig(t, serving(real(a.addr)))
	r.p.openers = nil
	r.start()
	r.said(fmt.Sprintf("Removing service [127.0.0.1]:tcp:%d from VS [10.9.0.1]:tcp:80", a.addr.Port()))
}

func TestBadKeys(t *testing.T) {
	r := newRig(t, &config.Config{SSL: config.SSL{Certificate: "/nonesuch"}})
	if code := r.p.run(); code != role.Config {
		t.Errorf("exit code %d", code)
	}
}
