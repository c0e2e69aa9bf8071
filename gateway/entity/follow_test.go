package entity

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// A State of a Following model has the same documents as a whole one after the same
// changes, and the references that it was told to index.
func TestFollowing(t *testing.T) {
	whole := empty()
	least := New(whole.Model().Following([2]string{"targets", "upstream"}))
	random := rand.New(rand.NewPCG(1, 2))
	raw := func(format string, args ...any) json.RawMessage { return json.RawMessage(fmt.Sprintf(format, args...)) }
	id := func(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }
	for i := range 2000 {
		n := random.IntN(40)
		c := Change{ID: id(n)}
		switch {
		case n < 20:
			c.Kind = "routes"
			c.New = raw(`{"id":%q,"name":"r%d","paths":["/%d"],"tags":["t"]}`, id(n), n, i)
		default:
			c.Kind = "targets"
			c.New = raw(`{"id":%q,"target":"h%d:80","upstream":{"id":%q}}`, id(n), i, id(random.IntN(3)))
		}
		if random.IntN(4) == 0 {
			c.New = nil
		}
		var err error
		if whole, err = whole.Replay([]Change{c}); err != nil {
			t.Fatal(err)
		}
		if least, err = least.Replay([]Change{c}); err != nil {
			t.Fatal(err)
		}
	}
	shown := func(s *State) map[string][]string {
		out := map[string][]string{}
		for _, kind := range []string{"routes", "targets"} {
			for d := range s.All(kind) {
				if s.Get(kind, d.ID) != d {
					t.Errorf("%s %s is not found", kind, d.ID)
				}
				out[kind] = append(out[kind], d.ID+string(d.Raw))
			}
		}
		for n := range 3 {
			for d := range s.Children("targets", "upstream", id(n)) {
				out[id(n)] = append(out[id(n)], d.ID)
			}
		}
		return out
	}
	if a, b := shown(whole), shown(least); !maps.EqualFunc(a, b, slices.Equal[[]string]) || len(a) != 5 {
		t.Errorf("%v\n%v", a, b)
	}
	if least.Len("routes") != whole.Len("routes") {
		t.Error(least.Len("routes"), whole.Len("routes"))
	}
}
