package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

var epoch = time.Unix(1_700_000_000, 0)

// world is a system without a kernel: it writes down what is done to it.
type world struct {
	t      testing.TB
	did    []string // actions in order: "send 150", "add 10.0.0.100/24", "garp ...", "notify ..."
	lines  []string
	held   map[netip.Prefix]int
	routes map[string]bool
	wire   func(in *Instance, dst netip.Addr, packet []byte)
	wire2  func(in *Instance, dst netip.Addr, packet []byte)
	ask    func(in *Instance)
	arp    func(in *Instance, a *config.Address)
	quiet  bool
}

func newWorld(t testing.TB) *world {
	return &world{t: t, held: map[netip.Prefix]int{}, routes: map[string]bool{}}
}

func (w *world) act(format string, args ...any) {
	if !w.quiet {
		w.did = append(w.did, fmt.Sprintf(format, args...))
	}
}

func (w *world) Send(in *Instance, dst netip.Addr, p []byte) {
	if !w.quiet {
		w.act("send %s %d", in.Conf.Name, read(w.t, in, p).Priority)
	}
	if w.wire != nil {
		w.wire(in, dst, p)
	}
}

// read parses what was sent.
func read(t testing.TB, in *Instance, p []byte) vrrp.Advert {
	if !in.Conf.V6 {
		ip, body, ok := vrrp.ParseIPv4(p)
		if !ok {
			t.Fatalf("%x is no IPv4 packet", p)
		}
		if p = body; ip.Protocol == vrrp.ProtocolAH {
			_, p, _ = vrrp.ParseAH(body)
		}
	}
	var a vrrp.Advert
	if _, err := a.Parse(p, in.Conf.V6); err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) AddAddr(in *Instance, a *config.Address) {
	w.held[a.Prefix]++
	w.act("add %v", a.Prefix)
}

func (w *world) RemoveAddr(in *Instance, a *config.Address) {
	if w.held[a.Prefix] == 0 {
		return // it was not there
	}
	delete(w.held, a.Prefix)
	w.act("del %v", a.Prefix)
}

func (w *world) AddRoute(in *Instance, r *config.Route) {
	w.routes[r.Dst.String()] = true
	w.act("add route %v", r.Dst)
}

func (w *world) RemoveRoute(in *Instance, r *config.Route) {
	if w.routes[r.Dst.String()] {
		delete(w.routes, r.Dst.String())
		w.act("del route %v", r.Dst)
	}
}

func (w *world) SendSecond(in *Instance, dst netip.Addr, p []byte) {
	w.act("send2 %s %d", in.Conf.Name, read(w.t, in, p).Priority)
	if w.wire2 != nil {
		w.wire2(in, dst, p)
	}
}

func (w *world) Ask(in *Instance) {
	w.act("ask")
	if w.ask != nil {
		w.ask(in)
	}
}

func (w *world) AddRule(in *Instance, r *config.Rule)    { w.act("add rule %v", r.From) }
func (w *world) RemoveRule(in *Instance, r *config.Rule) {}
func (w *world) Took(in *Instance, master bool)          {}

func (w *world) Announce(in *Instance, a *config.Address) {
	w.act("garp %v", a.Prefix.Addr())
	if w.arp != nil {
		w.arp(in, a)
	}
}

func (w *world) Seek(_ *Instance, peer netip.Addr) { w.act("seek %v", peer) }

func (w *world) Notify(in *Instance, g *Group, e Event) {
	name := ""
	if in != nil {
		name = in.Conf.Name
	} else {
		name = g.Conf.Name
	}
	w.act("notify %s %v", name, e)
}

func (w *world) Log(l Level, format string, args ...any) {
	if !w.quiet {
		w.lines = append(w.lines, fmt.Sprintf(format, args...))
	}
}

// took returns what was done since the last call, as one text.
func (w *world) took() string {
	s := strings.Join(w.did, "; ")
	w.did = nil
	return s
}

// said returns what was logged since the last call.
func (w *world) said() string {
	s := strings.Join(w.lines, "\n")
	w.lines = nil
	return s
}

// conf is an instance with the defaults of the configuration.
func conf(change ...func(*config.Instance)) *config.Instance {
	c := &config.Instance{
		Name: "VI_1", Interface: "v0", VRID: 51, Priority: 100, Version: 2, Interval: time.Second,
		Addrs:              []config.Address{{Prefix: netip.MustParsePrefix("10.0.0.100/24")}},
		GARP:               config.GARP{Delay: 5 * time.Second, Repeat: 5, RefreshRepeat: 1, LowerDelay: 5 * time.Second, LowerRepeat: 5},
		DownTimerAdverts:   3,
		TimerExpiredBackup: -1,
	}
	for _, f := range change {
		f(c)
	}
	return c
}

// rig is one machine, and time.
type rig struct {
	*world
	m   *Machine
	now time.Time
}

func newRig(t testing.TB, cfg *config.Config) *rig {
	r := &rig{world: newWorld(t), now: epoch}
	r.m = New(cfg, r.world)
	return r
}

// begin starts the machine with v0 and v1 up, and an address of each family.
func (r *rig) begin() *rig {
	for i, dev := range []string{"v0", "v1"} {
		r.m.Link(r.now, dev, true)
		r.m.Source(r.now, dev, false, netip.AddrFrom4([4]byte{10, byte(i), 0, 1}))
		r.m.Source(r.now, dev, true, netip.MustParseAddr("fe80::1"))
	}
	r.m.Start(r.now, 0)
	return r
}

func single(t testing.TB, change ...func(*config.Instance)) *rig {
	return newRig(t, &config.Config{Instances: []*config.Instance{conf(change...)}}).begin()
}

// pass lets time go by.
func (r *rig) pass(d time.Duration) *rig {
	end := r.now.Add(d)
	for {
		next, ok := r.m.Next()
		if !ok || next.After(end) {
			r.now = end
			return r
		}
		r.now = next
		r.m.Run(r.now)
	}
}

// master makes the first instance master and forgets what that took.
func (r *rig) master() *rig {
	for r.m.Instances()[0].State() != Master {
		r.pass(100 * time.Millisecond)
	}
	r.took()
	r.said()
	return r
}

// hear has the instance receive an advert of another router.
func (r *rig) hear(in *Instance, src string, prio uint8, change ...func(*vrrp.Advert, *vrrp.IPv4)) {
	c := in.Conf
	a := vrrp.Advert{Version: uint8(c.Version), VRID: c.VRID, Priority: prio, Interval: c.Interval, Addrs: slices.Clone(in.vips)}
	ip := vrrp.IPv4{Src: netip.MustParseAddr(src), Dst: group4, TTL: vrrp.TTL, Protocol: vrrp.Protocol}
	for _, f := range change {
		f(&a, &ip)
	}
	var s vrrp.Sum
	if a.Version == 3 {
		s = vrrp.Sum{Src: ip.Src, Dst: ip.Dst}
	}
	r.m.Receive(r.now, &Packet{Dev: c.Interface, Data: a.Append(ip.Append(nil, a.Size(false)), s)})
}

func (r *rig) vi() *Instance { return r.m.Instances()[0] }

func (r *rig) is(s State) {
	r.t.Helper()
	if got := r.vi().State(); got != s {
		r.t.Errorf("state %v, want %v\n%s", got, s, r.said())
	}
}

func equal(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.ReplaceAll(got, "\n", "\n\t"), strings.ReplaceAll(want, "\n", "\n\t"))
	}
}

func group(last byte) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, last}) }
