package proxycache

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	mathrand "math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/engine/zone/zonetest"
)

func TestMain(m *testing.M) {
	zonetest.Main(m, func(zs *zone.Zones, words []string) error {
		s, err := open(zs)
		if err != nil {
			return err
		}
		rounds, _ := strconv.Atoi(words[0])
		return work(s, rounds)
	})
}

func open(zs *zone.Zones) (*Store, error) {
	cache, err := zone.OpenDict(zs.Find("cache"))
	if err != nil {
		return nil, err
	}
	counts, err := zone.OpenDict(zs.Find("counts"))
	if err != nil {
		return nil, err
	}
	bells, err := zone.OpenBells(zs.Find("bells"))
	return &Store{Cache: cache, Counts: counts, Bells: bells}, err
}

// bound makes memory for a test.
func bound(t testing.TB, size int64) (*zone.Zones, *Store) {
	t.Helper()
	zs := zonetest.Bound(t, func(zs *zone.Zones) {
		zs.Declare("cache", size, zone.KindDict)
		zs.Declare("counts", 64<<10, zone.KindDict)
		zs.Declare("bells", zone.BellsSize, zone.KindBells)
	})
	s, err := open(zs)
	if err != nil {
		t.Fatal(err)
	}
	return zs, s
}

func instanceOf(s *Store) *instance {
	i := &instance{id: strings.Repeat("i", 36), store: *s}
	i.TTL, i.MaxSize, i.Collapse = 300, 1<<20, 5000
	return i
}

func (v *visitor) named(n int) *visitor {
	var d digest
	binary.LittleEndian.PutUint64(d[:], uint64(n))
	v.key = string(key(nil, 'h', v.i.id, d[:]))
	return v
}

// store keeps an answer of this size, whose bytes all follow from seed. hook is called
// before it is complete.
func store(i *instance, n int, seed byte, size int, hook func()) {
	v := (&visitor{i: i}).named(n)
	now := clock()
	v.answer = entry{status: 200, stored: now, lives: 300_000, declared: int64(size), contentType: "text/plain"}
	rand.Read(v.answer.id[:])
	v.part, v.epoch, v.filling = takeRoom(), i.store.epoch(now), true
	piece := bytes.Repeat([]byte{seed}, 7000)
	for left := size; left > 0 && v.filling; left -= len(piece) {
		if !v.take(&httpd.Buf{B: piece[:min(left, len(piece))]}) {
			v.giveUp(0)
		}
	}
	if hook != nil {
		hook()
	}
	if v.filling {
		v.commit()
	}
	freeRoom(v.part)
}

// load gives an answer's length and its first byte, which all others must be like.
func load(i *instance, n int) (size int, seed byte, err error) {
	v := (&visitor{i: i}).named(n)
	defer v.freeRooms()
	if v.look(nil, &control{}, clock()) != hit {
		return 0, 0, nil
	}
	for _, b := range v.bufs {
		if size += len(b.B); len(b.B) == 0 {
			continue
		}
		if seed == 0 {
			seed = b.B[0]
		}
		if !bytes.Equal(b.B, bytes.Repeat([]byte{seed}, len(b.B))) {
			return size, seed, fmt.Errorf("answer %d is made of several", n)
		}
	}
	if int64(size) != v.found.declared {
		return size, seed, fmt.Errorf("answer %d has %d bytes of %d", n, size, v.found.declared)
	}
	return size, seed, nil
}

// work stores, loads and purges.
func work(s *Store, rounds int) error {
	i := instanceOf(s)
	for range rounds {
		n := mathrand.IntN(40)
		switch mathrand.IntN(40) {
		case 0:
			if err := s.PurgeAll(); err != nil {
				return err
			}
		case 1, 2:
			k := (&visitor{i: i}).named(n).key
			if err := s.Purge(i.id, fmt.Sprintf("%x", k[1+36:])); err != nil {
				return err
			}
		case 3, 4, 5, 6, 7, 8, 9, 10, 11:
			store(i, n, byte(1+mathrand.IntN(255)), 1+mathrand.IntN(120_000), nil)
		default:
			if _, _, err := load(i, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func worker(t *testing.T, zs *zone.Zones, rounds int) *exec.Cmd {
	t.Helper()
	return zonetest.Start(t, zs, strconv.Itoa(rounds))
}

// Several processes store, load and purge, in memory that is too small for all of it, and
// some of them die while they do. Nobody ever gets an answer that is not whole.
func TestHammerProcesses(t *testing.T) {
	zs, s := bound(t, 1<<20)
	steady := []*exec.Cmd{worker(t, zs, 5000), worker(t, zs, 5000)}
	for range 4 {
		c := worker(t, zs, 1<<30)
		if err := work(s, 1000); err != nil {
			t.Fatal(err)
		}
		c.Process.Kill()
		c.Wait()
		zs.Reap(c.Process.Pid)
	}
	for _, c := range steady {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Cache.Verify(); err != nil {
		t.Error(err)
	}
	i := instanceOf(s)
	store(i, 1000, 'x', 100_000, nil)
	if size, seed, err := load(i, 1000); size != 100_000 || seed != 'x' || err != nil {
		t.Errorf("afterwards: %d bytes of %c, %v", size, seed, err)
	}
}

// What was not used for longest makes room.
func TestBound(t *testing.T) {
	_, s := bound(t, 2<<20)
	i := instanceOf(s)
	for n := range 200 {
		store(i, n, 'a', 50_000, nil)
		if size, _, err := load(i, 0); size != 50_000 || err != nil {
			t.Fatalf("after %d others what is used is gone: %v", n, err)
		}
	}
	kept := 0
	for n := range 200 {
		if size, _, err := load(i, n); err != nil {
			t.Error(err)
		} else if size > 0 {
			kept++
		}
	}
	if kept < 15 || kept > 40 {
		t.Errorf("%d of 200 are kept", kept)
	}
}

// An answer that was asked for before a purge is not there after it.
func TestPurgeWhileFilling(t *testing.T) {
	_, s := bound(t, 1<<20)
	i := instanceOf(s)
	name := fmt.Sprintf("%x", (&visitor{i: i}).named(7).key[1+36:])
	for what, purge := range map[string]func(){
		"all": func() { s.PurgeAll() },
		"one": func() { s.Purge(i.id, name) },
	} {
		store(i, 7, 'a', 100_000, purge)
		if size, _, _ := load(i, 7); size != 0 {
			t.Errorf("%s: the old answer is there", what)
		}
		store(i, 7, 'b', 100_000, nil)
		if size, seed, _ := load(i, 7); size != 100_000 || seed != 'b' {
			t.Errorf("%s: the next one is not", what)
		}
		if shown := s.Show(i.id, name); shown == nil || shown.BodyLen != 100_000 || len(shown.Body) != 100_000 || shown.Headers["Content-Type"] != "text/plain" {
			t.Errorf("%s: %.100v", what, shown)
		}
	}
	for _, bad := range []string{"", "x", "00", strings.Repeat("0", 64)} {
		if err := s.Purge(i.id, bad); err != nil || s.Show(i.id, bad) != nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A lock ends by itself when its holder doesn't.
func TestLock(t *testing.T) {
	_, s := bound(t, 1<<20)
	i := instanceOf(s)
	i.Collapse = 1000
	var d digest
	now := clock()
	one, other := &visitor{i: i}, &visitor{i: i}
	if !one.lock(d, now) || !one.locked || other.lock(d, now) || other.locked {
		t.Fatal("one has it, and the other doesn't")
	}
	if !other.lock(d, now+1000) || !other.locked {
		t.Error("it does not end")
	}
	other.unlock(0)
	if one = (&visitor{i: i}); !one.lock(d, now) || !one.locked {
		t.Error("nobody has it")
	}
	one.unlock(60_000)
	if other = (&visitor{i: i}); !other.lock(d, clock()) || other.locked {
		t.Error("behind a mark nobody waits, and nobody locks")
	}
}

// Who waits for another worker's answer is woken when that one is done with it.
func TestUnlockWakes(t *testing.T) {
	zs, s := bound(t, 1<<20)
	there, err := open(zs) // as another worker has it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(there.Bells.Close)
	for _, mark := range []int64{0, 60_000} {
		var d digest
		rand.Read(d[:])
		one, other := &visitor{i: instanceOf(s)}, &visitor{i: instanceOf(there)}
		other.ear.Wake = other.bell.Wake
		if !one.lock(d, clock()) || other.lock(d, clock()) {
			t.Fatal("one has it, and the other doesn't")
		}
		other.listen()
		one.unlock(mark)
		if !other.bell.WaitTimeout(10*time.Second) || !other.lock(d, clock()) {
			t.Errorf("with mark %d the other waits on", mark)
		}
		other.deaf()
	}
}

func TestAcceptable(t *testing.T) {
	for _, c := range []struct {
		config, client string
		age            time.Duration
		want           bool
	}{
		{"", "", 300 * time.Second, true}, {"", "", 301 * time.Second, false}, {"", "max-age=1", 299 * time.Second, true},
		{"control", "", 60 * time.Second, true}, {"control", "", 61 * time.Second, false},
		{"control", "max-age=10", 10 * time.Second, true}, {"control", "max-age=10", 11 * time.Second, false}, {"control", "max-age=\"10\"", 11 * time.Second, false},
		{"control", "min-fresh=10", 50 * time.Second, true}, {"control", "min-fresh=10", 51 * time.Second, false},
		{"control", "max-stale", time.Hour, true}, {"control", "max-stale=5", 65 * time.Second, true}, {"control", "max-stale=5", 66 * time.Second, false}, {"control", "max-stale=x", 61 * time.Second, false},
		{"control", "Max-Stale=5 , MAX-AGE=62", 63 * time.Second, false},
	} {
		i := &instance{}
		i.TTL, i.Control = 300, c.config != ""
		cc := readControl([]httpd.Header{{Name: "cache-control", Value: c.client}})
		e := &entry{stored: 1_000_000, lives: 60_000}
		if got := i.acceptable(e, &cc, 1_000_000+c.age.Milliseconds()); got != c.want {
			t.Errorf("%s %q, %v old: %v", c.config, c.client, c.age, got)
		}
	}
}

// Whatever lies in memory, it is an entry or it is not.
func FuzzEntry(f *testing.F) {
	e := entry{kind: inParts, status: 200, stored: 1, lives: 2, declared: -1, length: 5, contentType: "a/b", charset: "c", headers: []httpd.Header{{Name: "A", Value: "b"}, {Name: "C"}}, body: []byte("x")}
	f.Add(e.append(nil))
	f.Add([]byte{version})
	f.Fuzz(func(t *testing.T, b []byte) {
		var one, other entry
		if !one.parse(b) {
			return
		}
		again := one.append(nil)
		if !other.parse(again) || !bytes.Equal(other.append(nil), again) {
			t.Errorf("%q becomes %q", b, again)
		}
	})
}
