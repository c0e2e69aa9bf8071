package entity

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tree is compared with a map through many changes, and old trees must stay.
func TestTree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	model := map[string]int{}
	var tr tree[int]
	type moment struct {
		tr    tree[int]
		model map[string]int
	}
	var past []moment
	for i := range 5000 {
		key := fmt.Sprint(r.IntN(500))
		if r.IntN(3) == 0 {
			delete(model, key)
			tr = tr.remove(key)
		} else {
			model[key] = i
			tr = tr.set(key, i)
		}
		if i%500 == 0 {
			past = append(past, moment{tr, maps.Clone(model)})
		}
	}
	for _, m := range append(past, moment{tr, model}) {
		if got := maps.Collect(m.tr.from("")); !maps.Equal(got, m.model) || m.tr.len() != len(m.model) {
			t.Fatalf("%d keys, want %d", len(got), len(m.model))
		}
		var keys []string
		for k := range m.tr.from("3") {
			keys = append(keys, k)
		}
		want := slices.DeleteFunc(slices.Sorted(maps.Keys(m.model)), func(k string) bool { return k < "3" })
		if !slices.Equal(keys, want) {
			t.Fatalf("from 3: %v\nwant %v", keys, want)
		}
	}
}

func TestTreeStaysFlat(t *testing.T) {
	var tr tree[int]
	const n = 1 << 14
	for i := range n { // in order, which would make a list of a plain tree
		tr = tr.set(fmt.Sprintf("%06d", i), i)
	}
	var depth func(*node[int]) int
	depth = func(n *node[int]) int {
		if n == nil {
			return 0
		}
		return 1 + max(depth(n.left), depth(n.right))
	}
	if d := depth(tr.root); d > 60 {
		t.Errorf("%d keys are %d deep", n, d)
	}
}
