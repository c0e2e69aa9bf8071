package vrrp

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// ear is a backup, and ways to spoil a good advert for it.
type ear struct {
	*rig
	heard bool
}

func (e *ear) spoil(t *testing.T, f func(p []byte) []byte) {
	t.Helper()
	in := e.vi()
	c := in.Conf
	a := vrrp.Advert{Version: uint8(c.Version), VRID: c.VRID, Priority: 150, Interval: c.Interval, Addrs: in.vips}
	ip := vrrp.IPv4{Src: group(9), Dst: group4, TTL: vrrp.TTL, Protocol: vrrp.Protocol}
	var s vrrp.Sum
	if c.Version == 3 {
		s = vrrp.Sum{Src: ip.Src, Dst: ip.Dst}
	}
	before := in.Stats.Received
	e.m.Receive(e.now, &Packet{Dev: "v0", Data: f(a.Append(ip.Append(nil, a.Size(false)), s))})
	e.heard = in.Stats.Received > before
}

// resum makes the checksum of version 2 right again.
func resum(p []byte) []byte {
	s := vrrp.Sum{}.Of(p[20:])
	p[26], p[27] = byte(s>>8), byte(s)
	return p
}

func set(i int, b byte) func([]byte) []byte {
	return func(p []byte) []byte { p[i] = b; return p }
}

func resumed(i int, b byte) func([]byte) []byte {
	return func(p []byte) []byte { p[i] = b; return resum(p) }
}

func cut(n int) func([]byte) []byte {
	return func(p []byte) []byte { p = p[:len(p)-n]; p[3] -= byte(n); return p }
}

func grow(n int) func([]byte) []byte {
	return func(p []byte) []byte { p = append(p, make([]byte, n)...); p[3] += byte(n); return p }
}

// Bad adverts are counted, logged once, and change nothing.
func TestChecks(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func([]byte) []byte
		count func(*Stats) uint64
		line  string
		heard bool
	}{
		{"good", set(0, 0x45), func(s *Stats) uint64 { return s.Received }, "", true},
		{"short", cut(4), func(s *Stats) uint64 { return s.Length }, "(VI_1) vrrp packet too short from 10.0.0.9", false},
		{"long", grow(30), func(s *Stats) uint64 { return s.Length }, "(VI_1) vrrp packet too long from 10.0.0.9", false},
		{"padded as Ethernet does", grow(6), func(s *Stats) uint64 { return s.Received }, "", true},
		{"TTL", set(8, 64), func(s *Stats) uint64 { return s.TTL }, "(VI_1) invalid TTL/HL from 10.0.0.9. Received 64 and expect 255", false},
		{"version", resumed(20, 0x31), func(s *Stats) uint64 { return s.Version }, "(VI_1) wrong version from 10.0.0.9. Received 3 and expect 2", false},
		{"auth type", resumed(24, 7), func(s *Stats) uint64 { return s.AuthType }, "(VI_1) Invalid auth type from 10.0.0.9: 7", false},
		{"auth mismatch", resumed(24, 1), func(s *Stats) uint64 { return s.AuthMismatch }, "(VI_1) received a 1 auth from 10.0.0.9, expecting 0!", false},
		{"interval", resumed(25, 2), func(s *Stats) uint64 { return s.Interval }, "(VI_1) advertisement interval mismatch from 10.0.0.9 mine=1 sec rcv'd=2 sec", false},
		{"type", resumed(20, 0x22), func(s *Stats) uint64 { return s.Type }, "(VI_1) Invalid packet type from 10.0.0.9. 2 and expect 1", false},
		{"checksum", set(26, 0x12), func(s *Stats) uint64 { return s.Checksum }, "(VI_1) Invalid VRRPv2 checksum from 10.0.0.9", false},
		{"unicast", set(16, 10), func(s *Stats) uint64 { return s.Rejected }, "(VI_1) Expected multicast packet but received unicast packet from 10.0.0.9", false},
		{"another address", resumed(31, 101), func(s *Stats) uint64 { return s.Addrs }, "(VI_1) ip address associated with VRID 51 not present in advert from 10.0.0.9: 10.0.0.100", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &ear{rig: single(t)}
			e.said()
			e.spoil(t, c.spoil)
			e.spoil(t, c.spoil)
			if n := c.count(&e.vi().Stats); n != 2 || e.heard != c.heard {
				t.Errorf("counted %d times; heard: %v", n, e.heard)
			}
			said := e.said()
			if c.line == "" && said != "" || !strings.HasPrefix(said, c.line) || strings.Contains(said, "\n") {
				t.Errorf("logged: %q", said)
			}
			if !c.heard {
				e.pass(3*time.Second + 156*time.Second/256).is(Master)
			}
		})
	}
}

// A fault is logged again when there is another master.
func TestLogsOnceForEachMaster(t *testing.T) {
	e := &ear{rig: single(t)}
	e.said()
	for _, master := range []string{"10.0.0.7", "10.0.0.8", "10.0.0.8"} {
		e.hear(e.vi(), master, 200)
		e.spoil(t, set(8, 1))
	}
	if n := strings.Count(e.said(), "invalid TTL"); n != 2 {
		t.Errorf("logged %d times for two masters", n)
	}
}

func TestUnknownRouter(t *testing.T) {
	r := newRig(t, &config.Config{Instances: []*config.Instance{conf()}, Global: config.Global{LogUnknownVRIDs: true}}).begin()
	r.said()
	other := conf(func(c *config.Instance) { c.VRID = 52 })
	r.hear(&Instance{Conf: other}, "10.0.0.9", 150)
	equal(t, r.said(), "Unknown VRID(52) received on interface(v0) from 10.0.0.9. ignoring...")
}

func TestCountOfAddresses(t *testing.T) {
	r := single(t)
	r.said()
	r.hear(r.vi(), "10.0.0.9", 150, func(a *vrrp.Advert, _ *vrrp.IPv4) { a.Addrs = append(a.Addrs, group(101)) })
	equal(t, r.said(), "(VI_1) expected 1 VIPs but received 2 from 10.0.0.9")
	if r.vi().master != group(9) {
		t.Error("the advert is not used")
	}
	// The order does not matter.
	r = single(t, func(c *config.Instance) {
		c.Addrs = append(c.Addrs, config.Address{Prefix: netip.MustParsePrefix("10.0.0.101/24")})
	})
	r.hear(r.vi(), "10.0.0.9", 150, func(a *vrrp.Advert, _ *vrrp.IPv4) { a.Addrs[0], a.Addrs[1] = a.Addrs[1], a.Addrs[0] })
	if r.vi().Stats.Addrs != 0 {
		t.Error("another order is a fault")
	}
	// With skip_check_adv_addr only the first advert of a master is looked at.
	r = single(t, func(c *config.Instance) { c.SkipCheckAdvAddr = true })
	for range 3 {
		r.hear(r.vi(), "10.0.0.9", 150, func(a *vrrp.Advert, _ *vrrp.IPv4) { a.Addrs = nil })
	}
	if n := r.vi().Stats.Addrs; n != 1 {
		t.Errorf("%d faults with skip_check_adv_addr", n)
	}
}

func peers(list ...config.Peer) opt {
	return func(c *config.Instance) { c.Peers, c.Unicast = list, true }
}

func TestUnicast(t *testing.T) {
	from := func(ttl uint8) func(*vrrp.Advert, *vrrp.IPv4) {
		return func(_ *vrrp.Advert, ip *vrrp.IPv4) { ip.Dst, ip.TTL = group(1), ttl }
	}
	two := peers(config.Peer{Addr: group(8)}, config.Peer{Addr: group(9), MinTTL: 60, MaxTTL: 64})
	r := single(t, two, func(c *config.Instance) { c.CheckUnicastSrc = true })
	r.said()
	for _, c := range []struct {
		src   string
		ttl   uint8
		heard uint64
		line  string
	}{
		{"10.0.0.8", 3, 1, ""},
		{"10.0.0.9", 64, 2, ""},
		{"10.0.0.9", 59, 2, "(VI_1) TTL/HL 59 from 10.0.0.9 not in range 60 - 64"},
		{"10.0.0.7", 64, 2, "(VI_1) unicast source address 10.0.0.7 not a unicast peer"},
	} {
		r.hear(r.vi(), c.src, 150, from(c.ttl))
		equal(t, r.said(), c.line)
		if n := r.vi().Stats.Received; n != c.heard {
			t.Errorf("%s: %d are heard, want %d", c.src, n, c.heard)
		}
	}
	r.hear(r.vi(), "10.0.0.9", 150)
	equal(t, r.said(), "(VI_1) Expected unicast packet but received multicast packet from 10.0.0.9")

	// Each peer gets an advert.
	r = single(t, two)
	var sent []string
	r.wire = func(_ *Instance, dst netip.Addr, p []byte) {
		ip, _, _ := vrrp.ParseIPv4(p)
		if sent = append(sent, dst.String()); ip.Dst != dst || ip.TTL != 255 {
			t.Errorf("%+v to %v", ip, dst)
		}
	}
	r.pass(4 * time.Second)
	equal(t, strings.Join(sent, " "), "10.0.0.8 10.0.0.9")
}

// keepalived before 1.3.6 made unicast checksums with the group's address; it is
// answered in the same way.
func TestOldUnicastChecksum(t *testing.T) {
	r := single(t, version3, peers(config.Peer{Addr: group(9)}))
	in := r.vi()
	a := vrrp.Advert{Version: 3, VRID: 51, Priority: 150, Interval: in.Conf.Interval, Addrs: in.vips}
	ip := vrrp.IPv4{Src: group(9), Dst: group(1), TTL: 255, Protocol: vrrp.Protocol}
	r.said()
	for range 2 {
		r.m.Receive(r.now, &Packet{Dev: "v0", Data: a.Append(ip.Append(nil, a.Size(false)), vrrp.Sum{Src: group(9), Dst: group4})})
	}
	equal(t, r.said(), "(VI_1) Setting unicast VRRPv3 checksum to old version")
	if in.Stats.Received != 2 || in.sumFor(in.source, group(9)).Dst != group4 || in.sumFor(in.source, group(8)).Dst != group(8) {
		t.Errorf("received %d, sums %v", in.Stats.Received, in.sumFor(in.source, group(9)))
	}
	r = single(t, version3, peers(config.Peer{Addr: group(9)}), func(c *config.Instance) { c.NeverOldChecksum = true })
	r.m.Receive(r.now, &Packet{Dev: "v0", Data: a.Append(ip.Append(nil, a.Size(false)), vrrp.Sum{Src: group(9), Dst: group4})})
	if s := r.vi().Stats; s.Received != 0 || s.Checksum != 1 {
		t.Errorf("never: %+v", s)
	}
}

// The checksums that version 3 over IPv4 is seen with.
func TestChecksumVariants(t *testing.T) {
	for _, asV2 := range []bool{false, true} {
		r := single(t, version3, func(c *config.Instance) { c.ChecksumAsV2 = asV2 })
		in := r.vi()
		for _, s := range []vrrp.Sum{{}, {Src: group(9), Dst: group4}} {
			a := vrrp.Advert{Version: 3, VRID: 51, Priority: 150, Interval: in.Conf.Interval, Addrs: in.vips}
			ip := vrrp.IPv4{Src: group(9), Dst: group4, TTL: 255, Protocol: vrrp.Protocol}
			r.m.Receive(r.now, &Packet{Dev: "v0", Data: a.Append(ip.Append(nil, a.Size(false)), s)})
		}
		want := uint64(1)
		if asV2 {
			want = 2
		}
		if in.Stats.Received != want {
			t.Errorf("v3_checksum_as_v2 %v: %d of 2 received", asV2, in.Stats.Received)
		}
		if plain := in.sumFor(in.source, group4) == (vrrp.Sum{}); plain != asV2 {
			t.Errorf("v3_checksum_as_v2 %v: sent with a plain sum: %v", asV2, plain)
		}
	}
}

// What keepalived 2.2.7 sends is what we send: the captured packets, but for the
// number in the IP header.
func TestSendsAsKeepalived(t *testing.T) {
	secret := [8]byte{'s', '3', 'c', 'r', 'e', 't', '1', '2'}
	for _, c := range []struct {
		opt  opt
		want string
	}{
		{func(c *config.Instance) { c.Auth = config.Auth{Type: config.Pass, Data: secret} },
			"45c0002800010000ff70d0440a4d0001e0000012213396010101cfcc0a4d00647333637265743132"},
		{func(c *config.Instance) { c.Auth = config.Auth{Type: config.AH, Data: secret} },
			"45c0004000010000ff33d0690a4d0001e0000012700400000a4d0001000000016b5df965a181a3415906de0f2133960102013c190a4d00640000000000000000"},
		{version3, "45c0002000010000ff70d04c0a4d0001e000001231339601000a43330a4d0064"},
	} {
		r := newRig(t, &config.Config{Instances: []*config.Instance{conf(c.opt, priority(150), func(c *config.Instance) {
			c.Addrs = []config.Address{{Prefix: netip.MustParsePrefix("10.77.0.100/24")}}
		})}})
		r.m.Link(r.now, "v0", true)
		r.m.Source(r.now, "v0", false, netip.MustParseAddr("10.77.0.1"))
		r.m.Start(r.now, 0)
		var got []string
		r.wire = func(_ *Instance, _ netip.Addr, p []byte) { got = append(got, hex.EncodeToString(p)) }
		r.master()
		equal(t, got[0], c.want)
	}
}

func TestIPv6(t *testing.T) {
	r := single(t, func(c *config.Instance) {
		c.Version, c.V6, c.Interval = 3, true, time.Second
		c.Addrs = []config.Address{{Prefix: netip.MustParsePrefix("fe80::64/64")}, {Prefix: netip.MustParsePrefix("fd00::64/64")}}
	})
	var sent []byte
	r.wire = func(_ *Instance, dst netip.Addr, p []byte) {
		if dst != group6 {
			t.Errorf("sent to %v", dst)
		}
		sent = append([]byte(nil), p...)
	}
	r.master().pass(time.Second)
	in := r.vi()
	other := netip.MustParseAddr("fe80::9")
	var a vrrp.Advert
	if _, err := a.Parse(sent, true); err != nil || len(a.Addrs) != 2 {
		t.Fatal(err)
	}
	a.Priority = 200
	p := a.Append(nil, vrrp.Sum{Src: other, Dst: group6})
	for _, c := range []struct {
		src  netip.Addr
		hops int
		want State
	}{{netip.MustParseAddr("fe80::8"), 255, Master}, {other, 64, Master}, {other, 255, Backup}} {
		r.m.Receive(r.now, &Packet{Dev: "v0", V6: true, Src: c.src, Dst: group6, HopLimit: c.hops, Data: p})
		if in.State() != c.want {
			t.Errorf("%v with %d hops: %v", c.src, c.hops, in.State())
		}
	}
	if in.Stats.Checksum != 1 || in.Stats.TTL != 1 {
		t.Errorf("%+v", in.Stats)
	}
}
