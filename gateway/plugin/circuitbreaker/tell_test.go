package circuitbreaker

import (
	"testing"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
)

func memory(t *testing.T) *zone.Dict {
	t.Helper()
	zs := zone.New()
	if _, err := zs.Declare("counts", 1<<20, zone.KindDict); err != nil {
		t.Fatal(err)
	}
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	zs.Commit(nil)
	t.Cleanup(zs.Close)
	d, err := zone.OpenDict(zs.Find("counts"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func made(t *testing.T, d *zone.Dict, per string) *instance {
	t.Helper()
	i, err := newInstance(&plugin.Env{Dict: d}, &plugin.Config{ID: "c", Raw: []byte(`{"per":"` + per + `","window":10,"consecutive_failures":1,"open_for":60,"half_open_requests":1,"status_code":599}`)})
	if err != nil {
		t.Fatal(err)
	}
	return i.(*instance)
}

// Who asks about a breaker does not change it, and sees what the next request will.
func TestTell(t *testing.T) {
	for per, key := range map[string]string{"route": "r", "service": "s"} {
		i := made(t, memory(t), per)
		tell := func(step string, want plugin.Told) {
			t.Helper()
			for range 3 {
				if got := i.Tell(&plugin.Question{Route: "r", Service: "s"}); got != want {
					t.Errorf("%s, %s: %+v, want %+v", per, step, got, want)
				}
			}
		}
		do := func(c step) {
			t.Helper()
			if err := i.do(i.prefix+":"+key, &c); err != nil {
				t.Fatal(err)
			}
		}
		tell("at first", plugin.Told{State: "closed"})
		do(step{what: ends, failed: true})
		tell("one failure", plugin.Told{State: "open", Why: "the " + per + "'s breaker is open for 60 s more", Status: 599})
		i.rule.open = 0 // of the next state
		do(step{what: givesBack})
		do(step{what: ends, probe: true})
		tell("still", plugin.Told{State: "open", Why: "the " + per + "'s breaker is open for 60 s more", Status: 599})
	}
}

// opened makes a breaker open whose time is over.
type opened struct{}

func (opened) Change(mem []byte) { state(mem).put(wordState, open) }

func TestTellHalfOpen(t *testing.T) {
	i := made(t, memory(t), "route")
	key := i.prefix + ":r"
	if err := i.dict.Update(key, stateSize, i.forget(), event.UnixNano()/1e6, opened{}); err != nil {
		t.Fatal(err)
	}
	q := &plugin.Question{Route: "r"}
	want := plugin.Told{State: "half-open", Why: "the route's breaker is half-open and lets this one through to see how it goes"}
	for range 2 {
		if got := i.Tell(q); got != want {
			t.Errorf("%+v", got)
		}
	}
	if err := i.do(key, &step{what: asks}); err != nil {
		t.Fatal(err)
	}
	want = plugin.Told{State: "half-open", Why: "the route's breaker is half-open and has let through enough; what became of them is waited for, at most 60 s", Status: 599}
	if got := i.Tell(q); got != want {
		t.Errorf("%+v", got)
	}
}

func TestTellTargets(t *testing.T) {
	i := made(t, memory(t), "target")
	if got := i.Tell(&plugin.Question{Route: "r"}); got != (plugin.Told{}) {
		t.Errorf("%+v", got)
	}
	if err := i.do(string(i.targetKey(nil, "a:80", "10.0.0.1:80")), &step{what: ends, failed: true}); err != nil {
		t.Fatal(err)
	}
	if got := i.Left("a:80", "10.0.0.1:80"); got != "" {
		t.Errorf("without the mark nobody looks: %q", got)
	}
	i.mark()
	if got := i.Left("a:80", "10.0.0.1:80"); got != "its circuit breaker is open for 60 s more" {
		t.Error(got)
	}
	if got := i.Left("a:80", "10.0.0.2:80"); got != "" {
		t.Error(got)
	}
	if got := i.Alone(); got.Status != 599 {
		t.Errorf("%+v", got)
	}
}
