package firewall

import (
	"encoding/json"
	"strconv"
	"sync"
	"testing"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

func askedBy(agent string) *asked {
	return &asked{headers: []http1.Header{{Name: "user-agent", Value: agent}}}
}

// atWork makes an instance as a worker does.
func atWork(t *testing.T, config map[string]any) *instance {
	t.Helper()
	doc := map[string]any{"mode": "block", "core_rules": false, "request_body": true, "request_body_limit": 1000, "request_body_over": "reject", "response_body_limit": 1000,
		"response_types": []string{"text/plain"}, "directives_after": `SecAction "id:1,phase:1,pass"`}
	for k, v := range config {
		doc[k] = v
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	i, err := newInstance(&plugin.Env{Worker: new(httpd.Worker)}, &plugin.Config{Raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	return i.(*instance)
}

func kept() int {
	shelved.mu.Lock()
	defer shelved.mu.Unlock()
	return len(shelved.by)
}

// Configurations that mean the same to Coraza have one WAF, which goes with the last of
// them; a change of anything else doesn't make it anew.
func TestShared(t *testing.T) {
	before := kept()
	a := atWork(t, nil)
	b := atWork(t, map[string]any{"rules": []any{map[string]any{"action": "deny", "path": "/x"}}, "status": 404, "message": "no", "logged_matches": 3, "bots": map[string]any{"deny": []string{"x"}}})
	if a.engine != b.engine {
		t.Error("two WAFs for one program")
	}
	waf := a.engine.waf
	a.Close()
	if c := atWork(t, map[string]any{"body": "gone"}); c.engine.waf != waf {
		t.Error("it was made anew")
	} else {
		b.Close()
		c.Close()
	}
	if n := kept(); n != before {
		t.Errorf("%d are left", n-before)
	}
	for _, other := range []map[string]any{{"mode": "detect"}, {"request_body_limit": 1001}, {"directives_after": `SecAction "id:2,phase:1,pass"`}} {
		c := atWork(t, other)
		if c.engine.waf == waf {
			t.Errorf("%v: it is the same", other)
		}
		c.Close()
	}
	if off := atWork(t, map[string]any{"directives_after": ""}); off.engine != nil {
		t.Error("a WAF without rules")
	}
}

// A program that Coraza does not take is an error each time, and leaves nothing behind.
func TestBroken(t *testing.T) {
	before := kept()
	for range 2 {
		raw := []byte(`{"mode":"block","directives_after":"SecRule"}`)
		if _, err := newInstance(&plugin.Env{Worker: new(httpd.Worker)}, &plugin.Config{Raw: raw}); err == nil {
			t.Error("it works")
		}
	}
	if n := kept(); n != before {
		t.Errorf("%d are left", n-before)
	}
}

// Of those that only questions are asked of a few are kept, and for a while.
func TestIdle(t *testing.T) {
	s := &shelf{by: map[string]*engine{}}
	var first *engine
	for n := range 3 * mostIdle {
		e := s.take(`SecAction "id:` + strconv.Itoa(n+1) + `,phase:1,pass"`)
		if first == nil {
			first = e
		}
		s.giveLater(e)
		s.giveLater(s.take(e.program))
	}
	if len(s.by) > mostIdle || s.by[first.program] != nil {
		t.Errorf("%d are kept", len(s.by))
	}
	for len(s.idle) > 0 {
		s.forget(s.idle[0])
	}
	s.forget(first)
	if len(s.by) != 0 {
		t.Errorf("%d are left", len(s.by))
	}
}

func TestHammerShelf(t *testing.T) {
	s := &shelf{by: map[string]*engine{}}
	programs := []string{`SecAction "id:1,phase:1,pass"`, `SecAction "id:2,phase:1,pass"`, "SecRule"}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 50 {
				p := programs[(g+n)%len(programs)]
				e := s.take(p)
				if err := e.make(); (err != nil) != (p == "SecRule") {
					t.Errorf("%s: %v", p, err)
				} else if err == nil {
					tx := e.waf.NewTransactionWithID("x")
					tx.ProcessRequestHeaders()
					tx.Close()
				}
				s.give(e)
			}
		})
	}
	wg.Wait()
	if len(s.by) != 0 {
		t.Errorf("%d are left", len(s.by))
	}
}
