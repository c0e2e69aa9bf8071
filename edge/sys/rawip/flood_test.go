package rawip

import (
	"net/netip"
	"testing"
	"time"

	"moongate/edge/sys/loop"
	"moongate/edge/wire/vrrp"
)

// However much is queued, a timer that is due waits for one batch at the most.
func TestFloodDoesNotHoldTimersUp(t *testing.T) {
	a, b := wire(t)
	const room, queued = 16, 1000
	r := listen(t, b, Config{Protocol: vrrp.Protocol, Local: addrB, Buffer: 8 << 20})
	s := open(t, a, Path{})
	forged := packet4(51, addrB)
	for range queued {
		if err := s.Send(forged, netip.Addr{}, addrB); err != nil {
			t.Fatal(err)
		}
	}
	if !await(t, r.FD(), 5*time.Second) {
		t.Fatal("nothing was received")
	}
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	batch := NewBatch(room, 128)
	read, last, fired := 0, 0, 0
	take := func() {
		got, err := r.Recv(batch)
		if err != nil {
			t.Error(err)
			l.Stop()
		}
		read += len(got)
	}
	if _, err := l.Add(r.FD(), take, nil); err != nil {
		t.Fatal(err)
	}
	var due *loop.Timer
	due = l.NewTimer(func() {
		if read-last > room {
			t.Errorf("%d packets were read before a timer that was due", read-last)
		}
		last = read
		if fired++; read >= queued {
			l.Stop()
		}
		due.After(0)
	})
	due.After(0)
	limit := l.NewTimer(func() { t.Errorf("%d of %d packets were received", read, queued); l.Stop() })
	limit.After(10 * time.Second)
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	if fired < queued/room {
		t.Errorf("the timer fired %d times", fired)
	}
}

// What it costs to take a packet that the filter lets through; one that it does not costs us nothing.
func BenchmarkRecv(b *testing.B) {
	x, y := wire(b)
	const each = 64
	r := listen(b, y, Config{Protocol: vrrp.Protocol, Local: addrB, Buffer: 8 << 20})
	s := open(b, x, Path{})
	forged, batch := packet4(51, addrB), NewBatch(each, 128)
	got := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for range each {
			if err := s.Send(forged, netip.Addr{}, addrB); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		packets, err := r.Recv(batch)
		if err != nil {
			b.Fatal(err)
		}
		got += len(packets)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(got), "ns/packet")
}
