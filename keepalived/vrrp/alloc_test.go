package vrrp

import (
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
)

// A master's adverts, and a backup that hears them, allocate nothing.
func TestNoAllocation(t *testing.T) {
	for name, o := range map[string]opt{"version 2": priority(100), "version 3": version3, "HMAC": hmacked("enforce", 1)} {
		r := single(t, o).master()
		r.pass(10 * time.Second) // both bursts are over
		r.quiet = true
		if n := testing.AllocsPerRun(100, func() { r.pass(r.vi().Conf.Interval) }); n != 0 {
			t.Errorf("%s: %v allocations for an advert", name, n)
		}
	}
	r := single(t)
	a := vrrp.Advert{Version: 2, VRID: 51, Priority: 150, Interval: time.Second, Addrs: r.vi().vips}
	ip := vrrp.IPv4{Src: group(9), Dst: group4, TTL: 255, Protocol: vrrp.Protocol}
	p := &Packet{Dev: "v0", Data: a.Append(ip.Append(nil, a.Size(false)), vrrp.Sum{})}
	r.m.Receive(r.now, p)
	if n := testing.AllocsPerRun(100, func() { r.m.Receive(r.now, p) }); n != 0 {
		t.Errorf("%v allocations to hear an advert", n)
	}
}

func BenchmarkAdvert(b *testing.B) {
	r := single(b, version3).master().pass(10 * time.Second)
	r.quiet = true
	for b.Loop() {
		r.pass(r.vi().Conf.Interval)
	}
}

func BenchmarkReceive(b *testing.B) {
	r := single(b)
	r.quiet = true
	a := vrrp.Advert{Version: 2, VRID: 51, Priority: 150, Interval: time.Second, Addrs: r.vi().vips}
	ip := vrrp.IPv4{Src: group(9), Dst: group4, TTL: 255, Protocol: vrrp.Protocol}
	p := &Packet{Dev: "v0", Data: a.Append(ip.Append(nil, a.Size(false)), vrrp.Sum{})}
	for b.Loop() {
		r.m.Receive(r.now, p)
	}
}
