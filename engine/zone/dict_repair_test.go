package zone

import (
	"math/rand/v2"
	"testing"

	"moongate/edge/sys/shm"
)

// Death at every place in turn, in one process: a panic stands for it, and what a
// take-over would do follows. Afterwards the dict is whole and of use.
func TestDictRepairEverywhere(t *testing.T) {
	defer shm.SetFailpoint(nil)
	type death struct{}
	places := map[string]int{}
	for pass := 1; pass <= 1200; pass++ {
		seg, err := shm.Private(24 << 10)
		if err != nil {
			t.Fatal(err)
		}
		d, err := openDict(seg, 40)
		if err != nil {
			t.Fatal(err)
		}
		left, place := pass, ""
		rnd := rand.New(rand.NewPCG(uint64(pass), 7))
		shm.SetFailpoint(func(p string) {
			if left--; left == 0 {
				place = p
				panic(death{})
			}
		})
		died := func() (died bool) {
			defer func() {
				e := recover()
				if _, died = e.(death); e != nil && !died {
					panic(e)
				}
			}()
			for i := int64(0); ; i++ {
				randomOp(d, rnd, i)
			}
		}()
		shm.SetFailpoint(nil)
		if !died {
			t.Fatal("did not die")
		}
		places[place]++
		seg.TryLock() // methods with defer have given it back
		before := d.t.Len()
		seg.Recover()
		if err := d.t.Verify(); err != nil {
			t.Fatalf("pass %d, death at %s: %v", pass, place, err)
		}
		if after := d.t.Len(); after < before-2 {
			t.Errorf("death at %s: %d of %d entries are left", place, after, before)
		}
		seg.Unlock()
		for i := range 300 {
			randomOp(d, rnd, int64(i))
		}
		if err := d.Verify(); err != nil {
			t.Fatalf("pass %d, after death at %s: %v", pass, place, err)
		}
	}
	t.Log(places)
	if len(places) < 11 {
		t.Error("places not reached")
	}
}

func TestDictRandom(t *testing.T) {
	_, d := dogs(t, 64<<10)
	rnd := rand.New(rand.NewPCG(1, 7))
	for i := range 50000 {
		randomOp(d, rnd, int64(i%5000))
		if i%100 == 0 {
			if err := d.Verify(); err != nil {
				t.Fatal(i, err)
			}
		}
	}
}
