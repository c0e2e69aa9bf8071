package proxycache

import (
	"strings"
	"testing"

	"moongate/edge/wire/http1"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
)

// keep puts an answer where Tell looks for it. Its age and how long it is fresh are seconds.
func keep(t *testing.T, i *instance, cacheKey string, e entry, age, lives int64) {
	t.Helper()
	e.stored, e.lives = clock()-age*1000, lives*1000
	k, ok := headKey(i.id, cacheKey)
	if !ok {
		t.Fatal(cacheKey)
	}
	if err := i.store.put(k, e.append(nil), 60_000, clock()); err != nil {
		t.Fatal(err)
	}
}

func TestTell(t *testing.T) {
	_, s := bound(t, 1<<20)
	i := instanceOf(s)
	i.Methods = []string{"GET", "HEAD"}
	q := &plugin.Question{Method: "GET", Scheme: "http", Host: "h", Path: "/a", Query: "x=1", Route: "r", Service: "s"}
	tell := func(want plugin.Told) string {
		t.Helper()
		got := i.Tell(q)
		k := got.Key
		if got.Key = ""; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		return k
	}
	bypass := func(why string) { t.Helper(); tell(plugin.Told{State: "Bypass", Why: why}) }

	k := tell(plugin.Told{State: "Miss", Why: "no answer is kept"})
	other := *q
	other.Variant = "candidate"
	if len(k) != 64 || i.Tell(&other).Key == k {
		t.Errorf("key %q", k)
	}
	if _, err := s.Cache.Add(string(key(nil, 'l', i.id, []byte(raw(t, k)))), zone.Value{Type: zone.String, Str: lockMark}, 1000, clock()); err != nil {
		t.Fatal(err)
	}
	tell(plugin.Told{State: "Miss", Why: "no answer is kept; another request has asked for it, this one waits up to 5000 ms for its answer"})
	keep(t, i, k, entry{status: 404, body: []byte("x"), length: 1}, 10, 1)
	tell(plugin.Told{State: "Hit", Status: 404, Why: "its answer is 10s old, fresh for 4m50s more"})
	i.TTL = 5
	tell(plugin.Told{State: "Refresh", Why: "its answer is 10s old, stale for 5s; the client does not take that"})
	q.Method = "POST"
	bypass("the method is POST, answers are kept of GET, HEAD")
	q.Method, q.Headers = "GET", []http1.Header{{Name: "upgrade", Value: "x"}}
	bypass("the client asks for another protocol")

	i.Control = true
	q.Headers = []http1.Header{{Name: "authorization", Value: "x"}}
	bypass("the request has Authorization")
	q.Headers = []http1.Header{{Name: "cache-control", Value: "no-cache"}}
	bypass("Cache-Control of the client says so")
	q.Headers[0].Value = "only-if-cached"
	keep(t, i, k, entry{status: 200}, 10, 60)
	tell(plugin.Told{State: "Hit", Status: 200, Why: "its answer is 10s old, fresh for 50s more"})
	keep(t, i, k, entry{status: 200}, 10, 8)
	tell(plugin.Told{State: "Refresh", Why: "its answer is 10s old, stale for 2s; the client does not take that"})
	q.Headers[0].Value = "max-stale=3"
	tell(plugin.Told{State: "Hit", Status: 200, Why: "its answer is 10s old, stale for 2s"})
	if err := s.Purge(i.id, k); err != nil {
		t.Fatal(err)
	}
	q.Headers[0].Value = "only-if-cached"
	tell(plugin.Told{State: "Miss", Status: 504, Why: "no answer is kept, and the client wants an answer that is"})

	i.Control, q.Headers = false, []http1.Header{{Name: "accept", Value: "b"}}
	base := entry{kind: varies, declared: -1, headers: []http1.Header{{Name: "Accept"}, {Name: "X-B"}}}
	copy(base.id[:], "0123456789abcdef")
	keep(t, i, k, base, 0, 60)
	s.forget(string(key(nil, 'l', i.id, []byte(raw(t, k)))), clock())
	tell(plugin.Told{State: "Miss", Why: "no answer is kept for these values of Accept, X-B"})
	if !strings.HasPrefix(k, i.Tell(q).Key) {
		t.Error("the key of answers that vary is another one")
	}
}

// raw is a key without its hex.
func raw(t *testing.T, cacheKey string) string {
	t.Helper()
	k, ok := headKey("", cacheKey)
	if !ok {
		t.Fatal(cacheKey)
	}
	return k[1:]
}
