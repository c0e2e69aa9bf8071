package trie

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
)

func setTo(v *int) func(*int) *int { return func(*int) *int { return v } }

// The same keys make the same trie, whatever was there in between; hashes with few bits meet on all levels.
func TestTrie(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	weak := func(key string) uint64 { // the top bit, the lowest bits, or nothing differs
		n, _ := strconv.Atoi(key)
		return uint64(n%4) | uint64(n%3)<<62
	}
	var tr Map[int]
	want := map[string]*int{}
	for range 3000 {
		key := strconv.Itoa(rnd.IntN(40))
		v := new(rnd.Int())
		if rnd.IntN(3) == 0 {
			v = nil
		}
		tr = tr.updateHash(weak(key), key, setTo(v))
		want[key] = v
		for n := range 40 {
			k := strconv.Itoa(n)
			if got := tr.find(weak(k), k); got != want[k] {
				t.Fatalf("%s: %v, want %v", k, got, want[k])
			}
		}
	}
	got := map[string]*int{}
	tr.Each(func(k string, v *int) { got[k] = v })
	for k, v := range want {
		if v == nil {
			delete(want, k)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("each gives %v, want %v", got, want)
	}
	for k := range want {
		tr = tr.updateHash(weak(k), k, setTo(nil))
	}
	if tr.root != nil {
		t.Error("an empty trie has a root")
	}
}

func TestTrieShape(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	one := new(1)
	var tr Map[int]
	there := map[string]bool{}
	for range 5000 {
		k := strconv.Itoa(rnd.IntN(300))
		if there[k] = rnd.IntN(2) == 0; there[k] {
			tr = tr.Update(k, setTo(one))
		} else {
			tr = tr.Update(k, setTo(nil))
		}
	}
	var fresh Map[int]
	for k, ok := range there {
		if ok {
			fresh = fresh.Update(k, setTo(one))
		}
	}
	if !reflect.DeepEqual(tr, fresh) {
		t.Error("the shape depends on the history")
	}
}
