package upstream

import (
	"strings"
	"testing"

	"moongate/core/config/syntax"
	"moongate/engine/resolver"
)

func TestReadServer(t *testing.T) {
	for _, x := range []struct {
		args    string
		accepts Accepts
		err     string
	}{
		{"127.0.0.1:80 weight=3 max_conns=4 max_fails=0 fail_timeout=1m down", AcceptAll, ""},
		{"127.0.0.1 backup", AcceptAll, ""},
		{"unix:/tmp/x", AcceptAll, ""},
		{"[::1]:81", AcceptAll, ""},
		{"127.0.0.1 backup", AcceptNoBackup, `balancing method does not support parameter "backup"`},
		{"127.0.0.1 weight=0", AcceptAll, `invalid parameter "weight=0"`},
		{"127.0.0.1 weight=x", AcceptAll, `invalid parameter "weight=x"`},
		{"127.0.0.1 max_fails=-1", AcceptAll, `invalid parameter "max_fails=-1"`},
		{"127.0.0.1 fail_timeout=1x", AcceptAll, `invalid parameter "fail_timeout=1x"`},
		{"127.0.0.1 foo", AcceptAll, `invalid parameter "foo"`},
		{"127.0.0.1:x", AcceptAll, `invalid port in upstream "127.0.0.1:x"`},
		{"127.0.0.1/uri", AcceptAll, `invalid host in upstream "127.0.0.1/uri"`},
		{"a.test service=http", AcceptAll, `service upstream "a.test" requires "resolve" parameter`},
		{"a.test:80 service=http resolve", AcceptAll, `service upstream "a.test:80" may not have port`},
		{"127.0.0.1 service=http resolve", AcceptAll, `service upstream "127.0.0.1" requires domain name`},
		{"a.test service= resolve", AcceptAll, "service is empty"},
	} {
		g := &Group{Accepts: x.accepts}
		err := g.ReadServer(strings.Fields(x.args), 80)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != x.err {
			t.Errorf("%s: %q, want %q", x.args, got, x.err)
		}
	}
}

func refer(t *testing.T, s *Set, url string) (*Group, error) {
	t.Helper()
	u, err := resolver.ParseURL(url, resolver.URLOptions{DefaultPort: 80, URIPart: true, NoResolve: true})
	if err != nil {
		t.Fatal(err)
	}
	return s.Refer(u, syntax.Pos{File: "f", Line: 7})
}

func TestSet(t *testing.T) {
	s := NewSet()
	early, err := refer(t, s, "late") // before its upstream{}
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Add("late", syntax.Pos{})
	if err != nil || g != early || !g.Written {
		t.Fatalf("%v %v: the group named before becomes the one written", g, err)
	}
	if _, err := s.Add("LATE", syntax.Pos{}); err == nil || err.Error() != `duplicate upstream "LATE"` {
		t.Error(err)
	}
	if _, err := refer(t, s, "late:81"); err == nil || err.Error() != `upstream "late" may not have port 81` {
		t.Error(err)
	}
	a, _ := refer(t, s, "127.0.0.1:81/x")
	b, _ := refer(t, s, "127.0.0.1:82")
	c, _ := refer(t, s, "127.0.0.1:81/y")
	if a == b || a != c {
		t.Error("a group for each port")
	}
	if _, err := s.Add("127.0.0.1", syntax.Pos{}); err == nil || err.Error() != `upstream "127.0.0.1" may not have port 81 in f:7` {
		t.Error(err)
	}
	if s.Find("127.0.0.1", 82, false) != b || s.Find("Late", 80, true) != g || s.Find("late", 81, false) != nil {
		t.Error("Find")
	}
}

func TestCheck(t *testing.T) {
	s := NewSet()
	if _, err := refer(t, s, "no-such-host.invalid"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Check(false)
	if err == nil || err.Error() != `host not found in upstream "no-such-host.invalid" in f:7` {
		t.Error(err)
	}
	if unresolved, err := s.Check(true); err != nil || len(unresolved) != 1 {
		t.Errorf("%v %v: a process that follows another one goes on", unresolved, err)
	}
	s = NewSet()
	g, _ := s.Add("u", syntax.Pos{File: "f", Line: 3})
	if err := g.ReadServer([]string{"127.0.0.1", "backup"}, 80); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(false); err == nil || err.Error() != `no servers in upstream "u" in f:3` {
		t.Error(err)
	}
}
