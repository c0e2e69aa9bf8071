package zone

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func belled(t *testing.T) (*Zones, *Bells, *Dict) {
	t.Helper()
	zs := bound(t, func(zs *Zones) {
		zs.Declare("bells", BellsSize, KindBells)
		zs.Declare("dogs", 1<<20, KindDict)
	})
	b, d, err := openBelled(zs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return zs, b, d
}

func openBelled(zs *Zones) (*Bells, *Dict, error) {
	b, err := OpenBells(zs.Find("bells"))
	if err != nil {
		return nil, nil, err
	}
	d, err := OpenDict(zs.Find("dogs"))
	return b, d, err
}

type ear struct {
	Listener
	heard chan struct{}
}

func newEar() *ear {
	e := &ear{heard: make(chan struct{}, 1)}
	e.Wake = func() {
		select {
		case e.heard <- struct{}{}:
		default:
		}
	}
	return e
}

func TestBells(t *testing.T) {
	zs, b, _ := belled(t)
	other, err := OpenBells(zs.Find("bells")) // as another process has them
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	const one, two = 1 << 20, 2 << 20
	ears := []*ear{newEar(), newEar(), newEar()}
	b.Listen(&ears[0].Listener, one)
	b.Listen(&ears[1].Listener, one)
	b.Listen(&ears[2].Listener, two)
	other.Ring(one)
	<-ears[0].heard
	<-ears[1].heard
	if len(ears[2].heard) != 0 {
		t.Error("another's bell is heard")
	}
	b.Leave(&ears[0].Listener)
	b.Ring(one)
	<-ears[1].heard
	b.Leave(&ears[1].Listener)
	b.Ring(one)
	other.Ring(two)
	<-ears[2].heard
	if len(ears[0].heard) != 0 {
		t.Error("who has left hears")
	}
	// Who could not follow wakes all.
	b.Listen(&ears[0].Listener, one)
	last := b.ring.calls.Load()
	b.ring.calls.Add(bellCalls + 1)
	other.Ring(3 << 20)
	<-ears[0].heard
	<-ears[2].heard
	if b.ring.calls.Load() != last+bellCalls+2 {
		t.Error("calls are not counted")
	}
	b.Leave(&ears[0].Listener)
	b.Leave(&ears[2].Listener)
	if len(b.waiting) != 0 {
		t.Errorf("%d listen", len(b.waiting))
	}
}

// answer waits for the keys of n questions and answers each; ask does the reverse. Neither
// ever looks again without having been woken.
func answer(b *Bells, d *Dict, who, n int) {
	for i := range n {
		awaitKey(b, d, fmt.Sprint("ask", who, "/", i), name(who, 0))
		set(d, fmt.Sprint("answer", who, "/", i), "x")
		b.Ring(name(who, 1))
	}
}

func ask(b *Bells, d *Dict, who, n int) {
	for i := range n {
		set(d, fmt.Sprint("ask", who, "/", i), "x")
		b.Ring(name(who, 0))
		awaitKey(b, d, fmt.Sprint("answer", who, "/", i), name(who, 1))
	}
}

func name(who, way int) uint64 { return uint64(2*who+way+1) << 20 }

func awaitKey(b *Bells, d *Dict, key string, name uint64) {
	e := newEar()
	b.Listen(&e.Listener, name)
	defer b.Leave(&e.Listener)
	for get(d, key) == "" {
		<-e.heard
	}
	d.Delete(key, 1)
}

// No call is lost between processes, however close the ringing is to the listening.
func TestHammerBells(t *testing.T) {
	zs, b, d := belled(t)
	const pairs, rounds = 4, 2000
	var all sync.WaitGroup
	for who := range pairs {
		worker(t, zs, fmt.Sprintf("bells %d %d", rounds, who))
		all.Go(func() { ask(b, d, who, rounds) })
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("a call was lost")
	}
}
