package explain

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"moongate/gateway/health"
)

// Many ask at once, of states that take turns, while targets turn and names move: each
// answer is that of its state, and names nobody who can't be asked.
func TestHammer(t *testing.T) {
	make := func(service string, targets int) []string {
		docs := []string{`upstreams {"id":"` + id(900) + `","name":"ring","algorithm":"consistent-hashing","hash_on":"query_arg","hash_on_query_arg":"k",` + checked + `}`,
			`services {"name":"` + service + `","host":"ring"}`, `routes {"id":"` + id(901) + `","paths":["/"],"service":{"name":"` + service + `"}}`}
		for i := range targets {
			docs = append(docs, fmt.Sprintf(`targets {"target":"h%d.test:80","weight":10,"upstream":{"name":"ring"}}`, i))
		}
		return docs
	}
	one, two := world(t, make("one", 3)...), world(t, make("two", 5)...)
	e := explainer()
	e.Health = health.NewTable(newDict(t))
	var mu sync.Mutex
	moves := 0
	e.Names = func() addresses {
		mu.Lock()
		defer mu.Unlock()
		moves++
		names := addresses{}
		for i := range 5 {
			names[fmt.Sprintf("h%d.test", i)] = []netip.Addr{netip.AddrFrom4([4]byte{10, 0, byte(moves / 10), byte(i)})}
		}
		return names
	}
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 100 {
				s, service, n := one, "one", 3
				if (i+g)%2 == 0 {
					s, service, n = two, "two", 5
				}
				if i%10 == 0 {
					if _, err := e.Health.Set(health.Key(id(900), "h0.test:80", fmt.Sprintf("10.0.%d.0:80", i/10)), i%20 == 0); err != nil {
						t.Error(err)
					}
				}
				a, err := e.Explain(s, 1, &Request{URL: fmt.Sprint("/?k=", i)})
				if err != nil {
					t.Error(err)
					return
				}
				sum := 0.0
				for _, x := range a.Targets {
					sum += x.Probability
					if x.LeftOut != "" && x.Probability > 0 {
						t.Errorf("%+v", x)
					}
				}
				if a.Service.Name.Name != service || len(a.Targets) != n || sum != 1 {
					t.Errorf("%s: %+v", service, a)
				}
			}
		})
	}
	all.Wait()
}

// What anybody has written does not reach the terminal as it is.
func TestPrintable(t *testing.T) {
	a := &Answer{Request: "GET /\x1b[2J", Releases: []Release{{Name: Name{Name: "v2"}, State: "paused", Share: "0 %", Why: "looking\nanswer\t200 ä"}}}
	want := "request  GET /\\x1b[2J\nrelease  v2 (paused, 0 %): looking\\nanswer\\t200 ä\n"
	if got := a.Text(); got != want {
		t.Errorf("%q", got)
	}
}

func TestHeaders(t *testing.T) {
	q, err := Parse([]byte(`{"headers":{"B":["1","2"],"a":null,"X-C":"3","x-c":["4"]}}`))
	if err != nil || len(q.Headers) != 2 || fmt.Sprint(q.Headers["b"], q.Headers["x-c"]) != "[1 2] [3 4]" {
		t.Errorf("%v %v", q, err)
	}
}
