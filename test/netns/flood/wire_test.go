package flood

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/rawip"
	"moongate/edge/wire/vrrp"
	"moongate/test/netns"
)

// ear notes when the master's adverts come by.
type ear struct {
	loop  *loop.Loop
	ended chan struct{}
	heard map[uint8][]time.Time
}

// listen listens in s, on one thread for all of it, until the test ends.
func listen(t *testing.T, s *netns.Space, dev string, index int) *ear {
	e := &ear{ended: make(chan struct{}), heard: map[uint8][]time.Time{}}
	var in *rawip.Receiver
	s.Do(func() {
		var err error
		if in, err = rawip.Listen(rawip.Config{Protocol: vrrp.Protocol, Device: dev}); err != nil {
			t.Fatal(err)
		}
		if err = in.Join(group, index); err != nil {
			t.Fatal(err)
		}
	})
	batch := rawip.NewBatch(32, 256)
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	e.loop = l
	_, err = l.Add(in.FD(), func() {
		packets, _ := in.Recv(batch)
		now := time.Now()
		for i := range packets {
			var a vrrp.Advert
			if _, p, ok := vrrp.ParseIPv4(packets[i].Data); ok {
				if _, err := a.Parse(p, false); err == nil {
					e.heard[a.VRID] = append(e.heard[a.VRID], now)
				}
			}
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(e.ended)
		l.Run()
	}()
	t.Cleanup(func() {
		l.Stop()
		<-e.ended
		l.Close()
		in.Close()
	})
	return e
}

// since is how many adverts of a router have come since then, and the longest time
// without one until now.
func (e *ear) since(vrid uint8, then time.Time) (n int, gap time.Duration) {
	done := make(chan struct{})
	e.loop.Post(func() {
		defer close(done)
		last := then
		for _, at := range e.heard[vrid] {
			if at.Before(then) {
				last = at
				continue
			}
			n++
			gap = max(gap, at.Sub(last))
			last = at
		}
		gap = max(gap, time.Since(last))
	})
	<-done
	return n, gap
}

// flood sends frames in turn, rate of them a second as far as the machine can, and tells
// how many that were.
func flood(t *testing.T, s *netns.Space, index int, frames [][]byte, rate int, last time.Duration) (sent int) {
	s.Do(func() {
		link, err := rawip.OpenLink()
		if err != nil {
			t.Fatal(err)
		}
		defer link.Close()
		begin := time.Now()
		for {
			d := time.Since(begin)
			if d > last {
				return
			}
			for due := int(int64(rate) * int64(d) / int64(time.Second)); sent < due; sent++ {
				if err := link.Send(index, frames[sent%len(frames)]); err != nil {
					t.Fatal(err)
				}
				if sent%256 == 0 && time.Since(begin) > last {
					return
				}
			}
			time.Sleep(time.Millisecond)
		}
	})
	return sent
}

// sentBy is how many frames an interface has sent.
func sentBy(t *testing.T, s *netns.Space, dev string) int {
	for line := range strings.Lines(s.Run("cat /proc/net/dev")) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && name == dev {
			n, err := strconv.Atoi(strings.Fields(rest)[9])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("%s is missing", dev)
	return 0
}

// rate is how many adverts a second there shall be, and for how long.
func rate(t *testing.T) (int, time.Duration) {
	word := os.Getenv("FLOOD")
	if word == "" {
		return 5_000, 1200 * time.Millisecond
	}
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	return n, 10 * time.Second
}
