package cache

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/shm"
	"moongate/engine/zone"
	"moongate/engine/zone/zonetest"
)

// work is a process of a test: FOLDER ROUNDS [PLACE COUNT], where it dies at the place, or
// FOLDER hold KEY.
func work(zs *zone.Zones, words []string) error {
	size := strconv.FormatInt(zs.Find("one").Size, 10)
	p, err := ParsePath("", []string{words[0], "levels=1:2", "use_temp_path=off", "keys_zone=one:" + size, "max_size=200k"}, func(s string) string { return s })
	if err != nil {
		return err
	}
	t := new(testing.B)
	log := logTo(t, os.DevNull)
	c := opened(t, zs, p, &log)
	if words[1] == "hold" {
		hold(c, words[2])
	}
	rounds, _ := strconv.Atoi(words[1])
	if len(words) == 4 {
		pass, _ := strconv.Atoi(words[3])
		shm.SetFailpoint(func(place string) {
			if place == words[2] {
				if pass--; pass == 0 {
					syscall.Kill(os.Getpid(), syscall.SIGKILL)
					select {}
				}
			}
		})
	}
	return hammer(c, &log, rounds)
}

// hammer asks for keys, stores what is not there, and now and then does what the manager
// does. An answer says how long it is and is made of one letter.
func hammer(c *Cache, log *errlog.Log, rounds int) error {
	e := &Entry{}
	buf := make([]byte, 1024)
	for i := range rounds {
		event.UpdateTime()
		if i%100 == 99 {
			c.round(nil)
		}
		e.Reset(c)
		e.Log, e.Buf, e.MinUses = log, buf, 1
		e.Lock, e.LockTimeout, e.LockAge = rand.IntN(2) == 0, 5*time.Millisecond, time.Minute
		e.Key = append(e.Key, "key"...)
		e.Key = strconv.AppendInt(e.Key, rand.Int64N(600), 10)
		r := e.Open()
		if r == Locked {
			e.Await(nil)
			r = e.Open()
		}
		switch r {
		case Hit, Stale, Updating:
			if err := whole(body(e)); err != nil {
				return fmt.Errorf("%s: %w", e.Key, err)
			}
		case Remembered:
			if e.Error != 404 {
				return fmt.Errorf("%s: status %d", e.Key, e.Error)
			}
		}
		if r == Miss || r == Stale {
			switch rand.IntN(8) {
			case 0:
				e.Error, e.ValidSec = 404, c.now()+1
			case 1: // given up
			default:
				n := rand.IntN(3000)
				if err := store(e, rand.Int64N(3)-1, fmt.Sprintf("%d %s", n, strings.Repeat(string(rune('a'+rand.IntN(26))), n))); err != nil {
					return err
				}
			}
		}
		e.Release()
	}
	return nil
}

func whole(text string) error {
	size, rest, _ := strings.Cut(text, " ")
	if n, err := strconv.Atoi(size); err != nil || n != len(rest) || rest != "" && strings.Trim(rest, rest[:1]) != "" {
		return fmt.Errorf("an answer of %s bytes has %d: %.40q", size, len(rest), rest)
	}
	return nil
}

// Several processes ask, store and throw out, and some die while they do, wherever that
// is. Nobody ever gets an answer that is not whole, and nothing stays locked.
func TestHammerDeath(t *testing.T) {
	g := rigIn(t, inMemory(t), "levels=1:2", "use_temp_path=off", "keys_zone=one:64k", "max_size=200k")
	g.c.clock = event.UnixNano
	start := func(words ...string) *exec.Cmd {
		return zonetest.Start(t, g.zs, g.c.Folder+" "+strings.Join(words, " "))
	}
	steady := start("15000")
	places := []string{"pool.alloc", "pool.free", "table.put", "table.chained", "table.unchained", "table.drop", "queue.push", "queue.bump"}
	for _, p := range places {
		c := start("1000000", p, strconv.Itoa(1+rand.IntN(60)))
		if err := hammer(g.c, &g.log, 500); err != nil {
			t.Error(err)
		}
		if c.Wait() == nil {
			t.Errorf("%s: the process did not die", p)
		}
		g.zs.Reap(c.Process.Pid)
	}
	for range 3 {
		c := start("100000000")
		if err := hammer(g.c, &g.log, 1500); err != nil {
			t.Error(err)
		}
		c.Process.Kill()
		c.Wait()
		g.zs.Reap(c.Process.Pid)
	}
	if err := steady.Wait(); err != nil {
		t.Error(err)
	}
	g.verify()
	x := g.c.index
	for r := x.t.Newest(); r != 0; r = x.t.Older(x.t.Node(r)) {
		if x.renewed(x.node(r)) {
			t.Error("a key is still being renewed")
		}
	}
	t.Logf("%d take-overs, %d rebuilds", x.seg.Takeovers(), x.seg.Rebuilds())
}

// Goroutines of one process, for the race detector.
func TestHammerGoroutines(t *testing.T) {
	g := rigIn(t, inMemory(t), "use_temp_path=off", "keys_zone=one:64k", "max_size=200k")
	g.c.clock = event.UnixNano
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			log := g.log
			if err := hammer(g.c, &log, 2000); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	g.verify()
}
