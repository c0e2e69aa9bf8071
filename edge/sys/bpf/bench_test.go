package bpf

import (
	"testing"
	"time"
)

// What a packet costs, without what the kernel does with it afterwards: one that is
// none of ours, and one of a connection that is passed on unchanged but for its hops.
func BenchmarkPacket(b *testing.B) {
	inside(b, func(l *Balancer) {
		client, vip, real := ap(client4, 40000), ap(vip4, 80), ap(real4, 8080)
		l.serve(b, vip, 6, Dest{Addr: real, Method: DR})
		l.run(b, frame(client.Addr(), vip.Addr(), 6, 255, segment(6, client, vip, 2, "")))
		for name, in := range map[string][]byte{
			"nobodys": frame(client.Addr(), real.Addr(), 6, 255, segment(6, client, real, 16, "")),
			"DR":      frame(client.Addr(), vip.Addr(), 6, 255, segment(6, client, vip, 16, "")),
		} {
			b.Run(name, func(b *testing.B) {
				const hops = 250 // the kernel runs one packet again and again
				var sum time.Duration
				runs := 0
				for b.Loop() {
					_, took, err := l.objects.Balance.Benchmark(in, hops, func() {})
					if err != nil {
						b.Fatal(err)
					}
					sum += took
					runs++
				}
				b.ReportMetric(float64(sum.Nanoseconds())/float64(runs), "ns/packet")
			})
		}
	})
}
