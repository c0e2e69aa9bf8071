package route

import "testing"

func TestUpstream(t *testing.T) {
	for _, c := range []struct {
		service, path, request       string
		keep0, keep1, strip0, strip1 string // v0 and v1 without strip_path, then with it
	}{
		{"", "/", "/", "/", "/", "/", "/"},
		{"/", "/", "/a/b", "/a/b", "/a/b", "/a/b", "/a/b"},
		{"/", "/a", "/a", "/a", "/a", "/", "/"},
		{"/", "/a", "/a/", "/a/", "/a/", "/", "/"},
		{"/", "/a", "/ab", "/ab", "/ab", "/b", "/b"},
		{"/", "/a/", "/a/b", "/a/b", "/a/b", "/b", "/b"},
		{"/s", "/", "/", "/s", "/s", "/s", "/s"},
		{"/s", "/", "/a", "/s/a", "/sa", "/s/a", "/sa"},
		{"/s", "/a", "/a", "/s/a", "/sa", "/s", "/s"},
		{"/s", "/a", "/a/", "/s/a/", "/sa/", "/s/", "/s/"},
		{"/s", "/a", "/ab", "/s/ab", "/sab", "/s/b", "/sb"},
		{"/s", "/a/", "/a/", "/s/a/", "/sa/", "/s/", "/s"},
		{"/s/", "/", "/", "/s/", "/s/", "/s/", "/s/"},
		{"/s/", "/a", "/a", "/s/a", "/s/a", "/s", "/s/"},
		{"/s/", "/a", "/a/b", "/s/a/b", "/s/a/b", "/s/b", "/s/b"},
		{"/s/", "/a/", "/a/b", "/s/a/b", "/s/a/b", "/s/b", "/s/b"},
		{"/s", "", "/", "/s", "/s", "/s", "/s"},
		{"/s", "", "/a/", "/s/a/", "/sa/", "/s/a/", "/sa/"},
		{"/s/", "", "/a", "/s/a", "/s/a", "/s/a", "/s/a"},
		{"/s", "/a", "/a../b", "/s/a../b", "/sa../b", "/s/b", "/sb"},
		{"/s", "/a", "/a.", "/s/a.", "/sa.", "/s", "/s"},
		{"/s", "/a", "/a./b", "/s/a./b", "/sa./b", "/s/b", "/sb"},
		{"/s", `~/\w+`, "/a/b", "/s/a/b", "/sa/b", "/s/b", "/s/b"},
	} {
		r := &Rule{ID: "r", Hosts: []string{"h"}}
		if c.path != "" {
			r.Paths = []string{c.path}
		}
		var res Result
		if !table(t, r).Find(get("h", c.request), &res) {
			t.Fatal(c)
		}
		for i, want := range []string{c.keep0, c.keep1, c.strip0, c.strip1} {
			strip, v1 := i >= 2, i%2 == 1
			if got := res.Upstream(c.service, strip, v1); got != want {
				t.Errorf("service %q, route %q, request %q, strip %v, v1 %v: %q, want %q", c.service, c.path, c.request, strip, v1, got, want)
			}
		}
	}
}
