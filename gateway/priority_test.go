package gateway

import (
	"maps"
	"strings"
	"testing"

	"moongate/gateway/plugin"
)

// The list is in the order of the numbers, as far as plugins have them.
func TestPriorities(t *testing.T) {
	last := 1 << 30
	for _, p := range plugins() {
		n := priorityOf(p)
		if n == 0 {
			continue
		}
		if n > last {
			t.Errorf("%s has priority %d, but stands behind %d", p.Name, n, last)
		}
		last = n
	}
}

// A number of a plugin that is not in the list is a slip of the pen, and so is a plugin of
// Kong's that has none: those without are these.
func TestPriorityOfEach(t *testing.T) {
	var without []string
	left := maps.Clone(kongs)
	for _, p := range plugins() {
		if kongs[p.Name] == 0 {
			without = append(without, p.Name)
		}
		delete(left, p.Name)
	}
	if got, want := strings.Join(without, " "), "opentelemetry firewall forward-auth concurrency-limiting circuit-breaker body-transformer field-shaping rewrite retry aggregation mirror fault-injection mock"; got != want {
		t.Errorf("without a priority: %s, want %s", got, want)
	}
	if len(left) > 0 {
		t.Errorf("no plugins: %v", left)
	}
}

// Plugins from outside find their places, and nothing comes between one without a number
// and the one that it goes with.
func TestMerged(t *testing.T) {
	list := []*plugin.Plugin{{Name: "a", Priority: 100}, {Name: "b", Priority: 50}, {Name: "ours"}, {Name: "c", Priority: 10}, {Name: "last"}}
	for _, c := range []struct {
		priority int
		want     string
	}{
		{200, "new a b ours c last"},
		{100, "a new b ours c last"},
		{60, "a new b ours c last"},
		{50, "a b ours new c last"},
		{20, "a b ours new c last"},
		{10, "a b ours c last new"},
		{0, "a b ours c last new"},
		{-5, "a b ours c last new"},
	} {
		var names []string
		for _, p := range merged(list, []*plugin.Plugin{{Name: "new", Priority: c.priority}}) {
			names = append(names, p.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%d: %s, want %s", c.priority, got, c.want)
		}
	}
}
