package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"moongate/core/cycle"
)

// watching counts how often it is asked.
type watching struct {
	mu            sync.Mutex
	seconds, alls int
}

func (w *watching) Second(now time.Time) Summary {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seconds++
	return Summary{Time: float64(now.Unix()), Node: "here", RequestsPerSecond: float64(w.seconds)}
}

func (w *watching) All(_ time.Time, s Summary) *Live {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alls++
	return &Live{Summary: s,
		Workers: []LiveWorker{{Pid: 1, State: "serving"}}, Routes: []LiveRoute{{ID: "r", Name: "shop"}}, Services: []LiveRoute{},
		Releases: []LiveRelease{{ID: "x", Name: "v2", Variants: []LiveVariant{{Name: "baseline", Share: 1}}}},
		Targets:  []LiveTarget{{Upstream: "u", Target: "t", Health: "HEALTHY"}}, VirtualAddresses: []VirtualAddress{{Owner: "a", Virtual: cycle.Virtual{Instance: "V", Addresses: []string{"10.0.0.1"}, State: "MASTER"}}}}
}

func (w *watching) asked() (seconds, alls int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seconds, w.alls
}

// watch has the API of a world read what goes on, whenever a second is said to be over.
func (w *world) watch(seconds <-chan time.Time) *watching {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.h.watchLive(ctx, seconds) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	return w.h.Watch.(*watching)
}

// However many look, it is read once a second; all see the same, the first tick at once;
// and what it says is what is told of it.
func TestLive(t *testing.T) {
	w := newWorld(t)
	seconds := make(chan time.Time)
	source, url, d := w.watch(seconds), w.serve(), w.document()
	shape := d.Find("GET", "/live")["x-moongate-events"].(map[string]any)["tick"].(map[string]any)
	pages := []*bufio.Reader{}
	for range 3 { // no second is over yet
		pages = append(pages, w.follow(Viewer, url+"/live"))
		first := readEvent(t, pages[len(pages)-1])
		if first.kind != "tick" {
			t.Fatalf("%v", first)
		}
		if err := d.Check(shape, any(object(t, first.data))); err != nil {
			t.Errorf("%v: %s", err, first.data)
		}
	}
	for i := range 3 {
		seconds <- time.Now().Add(time.Duration(i+1) * time.Minute)
		one := readEvent(t, pages[0])
		for _, page := range pages[1:] {
			if other := readEvent(t, page); other != one {
				t.Errorf("one sees %v, another one %v", one, other)
			}
		}
	}
	if seconds, alls := source.asked(); seconds != 4 || alls != 4 {
		t.Errorf("read %d times, as a whole %d times", seconds, alls)
	}
	if history := w.must(200, "GET", "/live/history", "")["data"].([]any); len(history) != 3 {
		t.Errorf("%v", history)
	}
}

// Nobody looks: only the summary is read.
func TestLiveUnwatched(t *testing.T) {
	w := newWorld(t)
	ticks := make(chan time.Time)
	source := w.watch(ticks)
	for range 3 {
		ticks <- time.Now()
	}
	if _, alls := source.asked(); alls != 0 {
		t.Errorf("%d whole ticks", alls)
	}
	// A stream ends when the API does, and who comes then gets nothing.
	w.h.board.end()
	if s := w.send(Viewer, "GET", "/live", "").Body.String(); s != "retry: 1000\n\n" {
		t.Errorf("%q", s)
	}
	for range maxWatchers {
		w.h.watchers <- struct{}{}
	}
	w.must(503, "GET", "/live", "")
	w.h.Watch = nil
	w.must(404, "GET", "/live/history", "")
}

// Five minutes are remembered. Who reads slowly misses ticks, and holds up nobody.
func TestBoard(t *testing.T) {
	b := &board{to: map[*watcher]bool{}, wake: make(chan struct{}, 1), done: make(chan struct{})}
	slow, quick := b.join(), b.join()
	for i := range liveHistory + 10 {
		b.remember(Summary{Time: float64(i)})
		b.tell(fmt.Append(nil, i), false)
		<-quick.ticks
	}
	if n := len(b.history); n != liveHistory || b.history[0].Time != 10 || b.history[n-1].Time != liveHistory+9 {
		t.Errorf("%d seconds from %v on", n, b.history[0].Time)
	}
	if got := string(<-slow.ticks); got != "0" || len(slow.ticks) != liveWaiting-1 {
		t.Errorf("%s, and %d more", got, len(slow.ticks))
	}
	late := b.join()
	b.tell([]byte("at once"), true)
	if len(quick.ticks) != 0 || string(<-late.ticks) != "at once" {
		t.Error("who has had a tick gets it again, or who has not gets none")
	}
	b.leave(quick)
	b.end()
	b.leave(slow)
	if _, more := <-late.ticks; more || b.watched() {
		t.Error("it does not end")
	}
	if _, err := json.Marshal(b.history); err != nil {
		t.Error(err)
	}
}
