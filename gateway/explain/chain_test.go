package explain

import (
	"strings"
	"testing"

	"moongate/gateway/plugin"
)

// teller says what its config says, and leaves out the target of its config.
type teller struct {
	State, Why string
	Status     int
	LeftOut    string `json:"left"`
	to         *[]plugin.Question
}

func (f *teller) Tell(q *plugin.Question) plugin.Told {
	*f.to = append(*f.to, *q)
	return plugin.Told{State: f.State, Why: f.Why, Key: f.Why, Status: f.Status}
}

func (f *teller) Left(target, address string) string {
	if f.LeftOut == "all" || f.LeftOut == target+" "+address {
		return "it is left out"
	}
	return ""
}

func (f *teller) Alone() plugin.Told { return plugin.Told{Status: 599, Why: "nobody is left"} }

// tellers are the plugins of kinds, as ones that tell.
func tellers(to *[]plugin.Question) []*plugin.Plugin {
	make := func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		f := &teller{to: to}
		return f, c.Decode(f)
	}
	return []*plugin.Plugin{{Name: "key-auth", Tells: plugin.ByMemory, New: make}, {Name: "rate-limiting", Tells: plugin.ByMemory, New: make}}
}

var told2 = []string{
	`upstreams {"name":"pool"}`,
	`targets {"target":"127.0.0.1:81","upstream":{"name":"pool"},"version":"v1"}`,
	`targets {"target":"127.0.0.1:82","upstream":{"name":"pool"},"version":"v2"}`,
	`services {"id":"` + id(3) + `","name":"shop","host":"pool"}`,
	`routes {"id":"` + id(4) + `","name":"shop","paths":["/shop"],"service":{"name":"shop"}}`,
	`consumers {"id":"` + id(5) + `","username":"alice"}`,
}

func TestTellers(t *testing.T) {
	for _, c := range []struct {
		name, first, second, want string
	}{
		{"states", `{"State":"closed"}`, `{"State":"Miss","Why":"no answer is kept"}`, `
plugin    key-auth (everywhere): closed
plugin    rate-limiting (everywhere): Miss, no answer is kept
service   shop: http://pool/?x=%20, Host: the target's
upstream  pool, round-robin
target    127.0.0.1:81, weight 100, version v1, Host 127.0.0.1:81: 50 %
target    127.0.0.1:82, weight 100, version v2, Host 127.0.0.1:82: 50 %
`},
		{"the first that answers counts", `{"State":"open","Why":"for 3 s","Status":503}`, `{"State":"Hit","Status":200}`, `
plugin   key-auth (everywhere): open, for 3 s
plugin   rate-limiting (everywhere): Hit
answer   503, plugin key-auth answers: for 3 s
`},
		{"a target is left out", `{}`, `{"left":"127.0.0.1:82 127.0.0.1:82"}`, `
plugin    key-auth (everywhere)
plugin    rate-limiting (everywhere)
service   shop: http://pool/?x=%20, Host: the target's
upstream  pool, round-robin
target    127.0.0.1:81, weight 100, version v1, Host 127.0.0.1:81: 100 %
target    127.0.0.1:82, weight 100, version v2: not asked, it is left out
`},
		{"all are", `{}`, `{"left":"all"}`, `
plugin    key-auth (everywhere)
plugin    rate-limiting (everywhere)
service   shop: http://pool/?x=%20, Host: the target's
upstream  pool, round-robin
target    127.0.0.1:81, weight 100, version v1: not asked, it is left out
target    127.0.0.1:82, weight 100, version v2: not asked, it is left out
answer    599, plugin rate-limiting answers: nobody is left
`},
	} {
		var asked []plugin.Question
		docs := append(told2[:len(told2):len(told2)], `plugins {"name":"key-auth","config":`+c.first+`}`, `plugins {"name":"rate-limiting","config":`+c.second+`}`)
		a, err := New(tellers(&asked), nil, &plugin.Env{}).Explain(world(t, docs...), 1, &Request{URL: "/shop?x=%20", Method: "post", Headers: Headers{"b": {"1", "2"}, "a": {"3"}}, Consumer: "alice"})
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(a.Text(), "\n")
		_, got, _ = strings.Cut(got, "\n")
		if "\n"+got != c.want {
			t.Errorf("%s:\n%s\nwant%s", c.name, got, c.want)
		}
		if len(asked) != 2 {
			t.Fatalf("asked %d times", len(asked))
		}
		q := asked[0]
		if q.Method != "POST" || q.Path != "/shop" || q.Query != "x=%20" || q.Host != "localhost" || q.Scheme != "http" || q.Route != id(4) || q.Service != id(3) || q.Consumer.ID != id(5) ||
			len(q.Headers) != 3 || q.Headers[0].Name != "a" || q.Headers[1].Value != "1" || q.Headers[2].Value != "2" {
			t.Errorf("%s: %+v", c.name, q)
		}
	}
}

// What a release says is known to plugins: answers of versions are kept apart.
func TestTellersVariant(t *testing.T) {
	var asked []plugin.Question
	docs := append(told2[:len(told2):len(told2)], `plugins {"name":"key-auth","config":{}}`, `releases {"name":"r","service":{"name":"shop"},"candidate":{"version":"v2"},"percentage":100}`)
	if _, err := New(tellers(&asked), nil, &plugin.Env{}).Explain(world(t, docs...), 1, &Request{URL: "/shop"}); err != nil || len(asked) != 1 || asked[0].Variant != "candidate" {
		t.Errorf("%+v %v", asked, err)
	}
}

// A plugin that this program does not have answers for with 500, behind all others; one
// that only some consumers have is told so.
func TestUnknownPlugins(t *testing.T) {
	docs := append(told2[:len(told2):len(told2)], `plugins {"name":"rate-limiting","config":{},"consumer":{"username":"alice"}}`)
	e := New(nil, nil, nil)
	s := world(t, docs...)
	a, err := e.Explain(s, 1, &Request{URL: "/shop"})
	if err != nil || len(a.Plugins) != 1 || a.Plugins[0].String() != "a plugin that this program does not have: for some consumers only" || a.Ends != nil {
		t.Errorf("%+v %+v %v", a.Plugins, a.Ends, err)
	}
	a, err = e.Explain(s, 1, &Request{URL: "/shop", Consumer: "alice"})
	if err != nil || a.Ends == nil || a.Ends.Status != 500 || a.Ends.Plugin != "rate-limiting" || a.Service != nil {
		t.Errorf("%+v %+v %v", a.Plugins, a.Ends, err)
	}
}

// What plugins tell by their configuration alone is told where no gateway runs too.
func TestTellersByConfig(t *testing.T) {
	for by, want := range map[plugin.Telling]int{plugin.ByConfig: 1, plugin.ByMemory: 0} {
		var asked []plugin.Question
		kinds := tellers(&asked)
		kinds[0].Tells = by
		docs := append(told2[:len(told2):len(told2)], `plugins {"name":"key-auth","config":{"Status":503,"State":"answers"}}`)
		a, err := New(kinds, nil, nil).Explain(world(t, docs...), 1, &Request{URL: "/shop"})
		if err != nil || len(asked) != want || (a.Ends != nil) != (want == 1) {
			t.Errorf("%d: %+v %v", by, a, err)
		}
	}
}
