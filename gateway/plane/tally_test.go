package plane

import (
	"fmt"
	"testing"

	"moongate/engine/zone/zonetest"
	"moongate/gateway/health"
)

// The peers of all upstreams are counted as they come, turn sick, and go with their upstream.
func TestUsable(t *testing.T) {
	w := newWorld(t)
	w.Health = health.NewTable(zonetest.Dict(t, 1<<20))
	upstream := func(name, more string) [3]string {
		return [3]string{"upstreams", name, fmt.Sprintf(`{"name":%q,"healthchecks":{"active":{"healthy":{"interval":1,"successes":1},"unhealthy":{"interval":1,"tcp_failures":1}}}%s}`, name, more)}
	}
	target := func(name, of, at string) [3]string {
		return [3]string{"targets", name, fmt.Sprintf(`{"target":%q,"weight":10,"version":"v1",%s}`, at, ref("upstream", of))}
	}
	is := func(what string, usable, all int) {
		t.Helper()
		if u, a := w.Usable(); u != usable || a != all {
			t.Errorf("%s: %d of %d, want %d of %d", what, u, a, usable, all)
		}
	}
	is("nothing", 0, 0)
	w.put(upstream("u", ""), target("t1", "u", "127.0.0.1:81"), target("t2", "u", "127.0.0.2:82"), upstream("v", ""), target("t3", "v", "127.0.0.3:83"))
	is("three targets", 3, 3)
	sick := func(healthy bool) {
		if _, err := w.Health.Set(health.Key(id("u"), "127.0.0.1:81", "127.0.0.1:81"), healthy); err != nil {
			t.Fatal(err)
		}
		w.Now().Judge([]string{id("u")})
	}
	sick(false)
	is("one is sick", 2, 3)
	w.put(upstream("u", `,"algorithm":"least-connections"`))
	is("another algorithm", 2, 3)
	sick(true)
	is("it is well again", 3, 3)
	w.put([3]string{"targets", "t2", ""})
	is("a target less", 2, 2)
	gone := w.Now().upstreams.Get("u").watch
	w.put([3]string{"targets", "t1", ""}, [3]string{"upstreams", "u", ""})
	is("an upstream less", 1, 1)
	gone.Judge() // by a request that is still on its way
	is("what is gone stays gone", 1, 1)
}
