package vrrp

import (
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// Whatever comes from the wire, the machine stays whole: it does not panic, has an
// address only as master, and its timer runs.
func FuzzReceive(f *testing.F) {
	a := vrrp.Advert{Version: 2, VRID: 51, Priority: 150, Interval: time.Second}
	a.Addrs = append(a.Addrs, group(100))
	ip := vrrp.IPv4{Src: group(9), Dst: group4, TTL: 255, Protocol: vrrp.Protocol}
	f.Add(a.Append(ip.Append(nil, a.Size(false)), vrrp.Sum{}), uint8(0))
	f.Add([]byte{0x45}, uint8(3))
	opts := []opt{priority(100), version3, secretly(config.AH, "secret"), hmacked("enforce", 1), address}
	f.Fuzz(func(t *testing.T, p []byte, kind uint8) {
		r := single(t, opts[int(kind)%len(opts)])
		r.quiet = true
		for range 2 {
			r.m.Receive(r.now, &Packet{Dev: "v0", Data: p})
			if in := r.vi(); len(r.held) > 0 != (in.State() == Master) {
				t.Fatalf("%v with %v", in.State(), r.held)
			}
			if _, ok := r.m.Next(); !ok {
				t.Fatal("no timer runs")
			}
			r.pass(5 * time.Second)
		}
	})
}
