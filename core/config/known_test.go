package config

import (
	"strings"
	"testing"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

// knownTable takes every directive nginx and OpenResty know and does nothing
// but walk the blocks.
func knownTable(t *testing.T) *Table {
	t.Helper()
	inner := map[string]directive.Context{
		"events": directive.Events, "http": directive.HTTP, "location": directive.Location, "limit_except": directive.LimitExcept,
		"stream": directive.Stream, "mail": directive.Mail,
	}
	inside := func(c *directive.Call) directive.Context {
		switch {
		case c.Name == "server" && c.In == directive.HTTP:
			return directive.Server
		case c.Name == "server" && c.In == directive.Stream:
			return directive.StreamServer
		case c.Name == "server":
			return directive.MailServer
		case c.Name == "upstream" && c.In == directive.HTTP:
			return directive.Upstream
		case c.Name == "upstream":
			return directive.StreamUpstream
		case c.Name == "if" && c.In == directive.Server:
			return directive.ServerIf
		case c.Name == "if":
			return directive.LocationIf
		}
		return inner[c.Name]
	}
	var rows []Row
	taken := map[string]directive.Context{"include": directive.Anywhere}
	for name, list := range known().byName {
		for _, k := range list {
			r := Row{Directive: directive.Directive{Name: name, In: k.In &^ taken[name], Args: k.Args}, Module: k.Module}
			taken[name] |= k.In
			if r.In == 0 {
				continue
			}
			r.Set = directive.Func(func(c *directive.Call, _ *struct{}) error { return nil })
			switch {
			case strings.HasSuffix(name, "_by_lua_block"):
				r.Body = directive.RawLua
			case name == "map" || name == "types" || name == "geo" || name == "split_clients" || name == "charset_map":
				r.Body = directive.Pairs
				r.Set = directive.Func(func(c *directive.Call, _ *struct{}) error {
					return c.Pairs(func(*syntax.Node) error { return nil })
				})
			case k.Block:
				r.Body = directive.Block
				r.Set = directive.Func(func(c *directive.Call, _ *struct{}) error {
					return c.Walk(c.Node.Body, inside(c), nil)
				})
			}
			rows = append(rows, r)
		}
	}
	table, err := NewTable(rows...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestKnown(t *testing.T) {
	for name, list := range known().byName {
		for _, k := range list {
			if k.In == 0 || k.Args == 0 || k.Module == "" || strings.HasSuffix(name, "_by_lua_block") && !k.Block {
				t.Errorf("a damaged line: %+v", k)
			}
		}
	}
	for name, in := range map[string]directive.Context{
		"listen":     directive.Server | directive.StreamServer | directive.MailServer,
		"proxy_pass": directive.Location | directive.LocationIf | directive.LimitExcept | directive.StreamServer,
		"echo":       directive.Location | directive.LocationIf,
		"daemon":     directive.Main,
		"nonsense":   0,
	} {
		if got := KnownContexts(name); got != in {
			t.Errorf("%s: known in %s", name, got)
		}
	}
}

func TestModuleOfFile(t *testing.T) {
	table := smallTable(t)
	for _, test := range []struct {
		file, module   string
		known, builtIn bool
	}{
		{"modules/ngx_http_lua_module.so", "ngx_http_lua_module", true, true},
		{"/usr/lib/nginx/modules/ndk_http_module.so", "ndk_http_module", true, true},
		{"ngx_http_geoip_module.so", "ngx_http_geoip_module", true, false},
		{"foo.so", "foo", false, false},
	} {
		module, isKnown := ModuleOfFile(test.file)
		if module != test.module || isKnown != test.known || table.BuiltIn(module) != test.builtIn {
			t.Errorf("%s: %s, known %v, built in %v", test.file, module, isKnown, table.BuiltIn(module))
		}
	}
}

func TestCompare(t *testing.T) {
	if got := knownTable(t).Compare(); len(got) != 0 {
		t.Errorf("nginx's own table differs from itself:\n%s", strings.Join(got, "\n"))
	}
	got := strings.Join(smallTable(t).Compare(), "\n")
	for _, want := range []string{
		"proxy_pass (ngx_http_proxy_module): not taken in if in location, limit_except",
		"root (ngx_http_core_module): not taken in if in location",
		`deny (ngx_http_access_module): not taken in http, server, limit_except`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "xbc", 1}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"a", "abcdef", 4}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%s, %s: %d", test.a, test.b, got)
		}
	}
}
