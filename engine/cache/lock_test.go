package cache

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"moongate/engine/zone"
	"moongate/engine/zone/zonetest"
)

// locking is an entry under proxy_cache_lock.
func (g *rig) locking(key string) *Entry {
	e := g.entry(key)
	e.Lock = true
	return e
}

func TestLock(t *testing.T) {
	g := newRig(t, "use_temp_path=off")
	one, two := g.locking("/a"), g.locking("/a")
	if r := one.Open(); r != Miss || !one.Renews() {
		t.Fatalf("the first: %d", r)
	}
	if r := two.Open(); r != Locked {
		t.Fatalf("the second: %d", r)
	}
	three := g.locking("/a")
	three.LockTimeout = 0
	if r := three.Open(); r != Scarce {
		t.Errorf("without patience: %d", r)
	}
	three.Release()
	// Somebody waits: the bell will be rung.
	rung := make(chan bool, 1)
	ear := &zone.Listener{Wake: func() {
		select {
		case rung <- true:
		default:
		}
	}}
	g.c.bells.Listen(ear, bellName(&two.key))
	defer g.c.bells.Leave(ear)
	done := make(chan bool)
	go func() { done <- two.Await(nil) }()
	g.until(func() bool { return g.flags("/a")&nodeWaited != 0 })
	if err := store(one, 10, "x"); err != nil {
		t.Fatal(err)
	}
	<-rung
	if !<-done {
		t.Error("the wait has failed")
	}
	if r := two.Open(); r != Hit || body(two) != "x" {
		t.Errorf("the second, afterwards: %d", r)
	}
	two.Release()
	g.wantLog("")
}

// until waits for another goroutine or process to have done something.
func (g *rig) until(done func() bool) {
	g.t.Helper()
	for end := time.Now().Add(10 * time.Second); !done(); runtime.Gosched() {
		if time.Now().After(end) {
			g.t.Fatal("it does not happen")
		}
	}
}

func (g *rig) flags(key string) uint8 {
	e := g.entry(key)
	e.Hash()
	x := g.c.index
	x.seg.Lock()
	defer x.seg.Unlock()
	if n := x.find(&e.key, &e.place); n != nil {
		f := n.flags
		if x.renewed(n) {
			f |= renewedNow
		}
		return f
	}
	return 0
}

const renewedNow = 1 << 7

// Who gives up lets the next one fetch it.
func TestLockGivenUp(t *testing.T) {
	g := newRig(t)
	one, two := g.locking("/a"), g.locking("/a")
	one.Open()
	two.Open()
	one.Release()
	if !two.Await(nil) || two.Open() != Miss || !two.Renews() {
		t.Error("the second does not get the lock")
	}
	two.Release()
	g.verify()
}

// After lock_age one more may fetch it; the first one's answer counts nevertheless.
func TestLockAge(t *testing.T) {
	g := newRig(t, "use_temp_path=off")
	one, two, three := g.locking("/a"), g.locking("/a"), g.locking("/a")
	one.Open()
	g.seconds += 6
	if r := two.Open(); r != Miss {
		t.Errorf("the second: %d", r)
	}
	one.Release() // which is not its lock any more
	if r := three.Open(); r != Locked {
		t.Errorf("the third: %d", r)
	}
	if err := store(two, 10, "x"); err != nil {
		t.Fatal(err)
	}
	if r := three.Open(); r != Hit {
		t.Errorf("the third, afterwards: %d", r)
	}
	three.Release()
}

func TestLockTimeout(t *testing.T) {
	g := newRig(t)
	one, two := g.locking("/a"), g.locking("/a")
	two.LockTimeout = time.Millisecond
	one.Open()
	two.Open()
	if !two.Await(nil) {
		t.Error("the wait has failed")
	}
	if r := two.Open(); r != Scarce {
		t.Errorf("after its patience: %d", r)
	}
	g.wantLog("info cache lock timeout")
}

func TestLockClientGone(t *testing.T) {
	g := newRig(t)
	one, two := g.locking("/a"), g.locking("/a")
	one.Open()
	two.Open()
	two.Bell.Wake()
	if two.Await(func() bool { return true }) {
		t.Error("it waits for nobody")
	}
	two.Release()
}

// A process that is killed while it fetches locks nobody out.
func TestLockOfTheDead(t *testing.T) {
	g := newRig(t)
	c := zonetest.Start(t, g.zs, g.c.Folder+" hold /a")
	g.until(func() bool { return g.flags("/a")&renewedNow != 0 })
	e := g.locking("/a")
	e.LockTimeout = time.Hour
	if r := e.Open(); r != Locked {
		t.Fatalf("while it lives: %d", r)
	}
	c.Process.Kill()
	c.Wait()
	g.zs.Reap(c.Process.Pid)
	if !e.Await(nil) || e.Open() != Miss || !e.Renews() {
		t.Error("the dead holds the lock")
	}
	e.Release()
	g.verify()
}

// hold is a process that never comes to an end with a key.
func hold(c *Cache, key string) {
	e := new(Entry)
	e.Reset(c)
	e.Log, e.Buf, e.MinUses, e.Lock, e.LockAge = c.log, make([]byte, 1024), 1, true, time.Hour
	e.Key = append(e.Key, strings.TrimSpace(key)...)
	e.Open()
	select {}
}
