package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

// memory is a Reader of made-up files.
type memory map[string]string

func (m memory) ReadFile(name string) ([]byte, error) {
	if text, ok := m[name]; ok {
		return []byte(text), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (m memory) Glob(pattern string) (names []string, err error) {
	for name := range m {
		if ok, _ := filepath.Match(pattern, name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

type level struct {
	directive.Value[int]
	root   directive.Value[string]
	types  []string
	levels map[string]*level
}

func (l *level) Conf(owner any, t reflect.Type) any { return l }

func block(in directive.Context) directive.Setter {
	return directive.Func(func(c *directive.Call, l *level) error {
		if l.levels[c.Name] != nil && c.Name == "events" {
			return directive.Duplicate
		}
		inner := &level{levels: map[string]*level{}}
		l.levels[c.Name] = inner
		if err := c.Walk(c.Node.Body, in, inner); err != nil {
			return err
		}
		if c.Name == "upstream" {
			return directive.Errorf("no servers are inside upstream")
		}
		return nil
	})
}

func smallTable(t *testing.T) *Table {
	t.Helper()
	nothing := directive.Func(func(c *directive.Call, _ *level) error { return nil })
	rows := []directive.Directive{
		{Name: "events", In: directive.Main, Args: directive.NoArgs, Body: directive.Block, Set: block(directive.Events)},
		{Name: "http", In: directive.Main, Args: directive.NoArgs, Body: directive.Block, Set: block(directive.HTTP)},
		{Name: "server", In: directive.HTTP, Args: directive.NoArgs, Body: directive.Block, Set: block(directive.Server)},
		{Name: "upstream", In: directive.HTTP, Args: directive.Take1, Body: directive.Block, Set: block(directive.Upstream)},
		{Name: "server", In: directive.Upstream, Args: directive.OneMore, Set: nothing},
		{Name: "location", Syntax: "[ = | ~ | ~* | ^~ ] uri", In: directive.Server | directive.Location, Args: directive.Take12, Body: directive.Block, Set: block(directive.Location)},
		{Name: "worker_connections", In: directive.Events, Args: directive.Take1, Default: "512",
			Set: directive.Int(func(l *level) *directive.Value[int] { return &l.Value })},
		{Name: "root", In: directive.HTTP | directive.Server | directive.Location, Args: directive.Take1, Default: "html",
			Set: directive.Str(func(l *level) *directive.Value[string] { return &l.root })},
		{Name: "proxy_pass", In: directive.Location, Args: directive.Take1, Set: nothing},
		{Name: "aio", In: directive.HTTP, Args: directive.Take1, Set: nothing, Idle: "threads read", Doc: "Accepted."},
		{Name: "deny", In: directive.Location, Args: directive.Take1, Set: directive.Func(func(c *directive.Call, _ *level) error {
			c.Warn("deny is new")
			return nil
		})},
		{Name: "types", In: directive.HTTP, Args: directive.NoArgs, Body: directive.Pairs, Set: directive.Func(func(c *directive.Call, l *level) error {
			return c.Pairs(func(p *syntax.Node) error { l.types = append(l.types, p.Name); return nil })
		})},
		{Name: "content_by_lua_block", In: directive.Location, Args: directive.NoArgs, Body: directive.RawLua, Set: directive.Func(func(c *directive.Call, _ *level) error {
			if strings.Contains(c.Node.Raw, "bad") {
				return directive.Reason("is bad")
			}
			return nil
		})},
	}
	owned := make([]Row, len(rows))
	for i, d := range rows {
		owned[i] = Row{Directive: d, Owner: t, Module: "small"}
	}
	table, err := NewTable(owned...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func walk(t *testing.T, files memory) (*level, []string, *syntax.Error) {
	t.Helper()
	top := &level{levels: map[string]*level{}}
	var logged []string
	w := &Walker{Table: smallTable(t), Reader: files, Prefix: "/c/", Logger: func(lvl, text string) { logged = append(logged, lvl+" "+text) }}
	err := w.File("/c/n", directive.Main, top, nil)
	if e := new(syntax.Error); errors.As(err, &e) {
		return top, logged, e
	} else if err != nil {
		t.Fatalf("a fault of type %T", err)
	}
	return top, logged, nil
}

func TestWalk(t *testing.T) {
	for _, test := range []struct{ text, want, help string }{
		{"events { worker_connections 5; } http { server { location = /a { proxy_pass x; } } }", "", ""},
		{"evnets {}", `unknown directive "evnets" in /c/n:1`, `did you mean "events"?`},
		{"\nfoo_bar_baz;\n}", `unknown directive "foo_bar_baz" in /c/n:2`, ""},
		{"http { server { location / {\n prxoy_pass\n x; } } }", `unknown directive "prxoy_pass" in /c/n:3`, `did you mean "proxy_pass"?`},
		{"\ufeffevents {}", "unknown directive \"\ufeffevents\" in /c/n:1", "the file begins with a byte order mark; save it without"},
		{`"" a;`, `unknown directive "" in /c/n:1`, ""},
		{"proxy_pass x;", `"proxy_pass" directive is not allowed here in /c/n:1`, "allowed in: location, if in location, limit_except, server in stream"},
		{"http { proxy_cache x; }", `"proxy_cache" directive is not implemented yet in /c/n:1`, ""},
		{"http { allow all; }", `"allow" directive is not implemented yet in /c/n:1`, ""},
		{"stream { deny all; }", `"stream" directive is not implemented yet in /c/n:1`, ""},
		{"events;", `directive "events" has no opening "{" in /c/n:1`, ""},
		{"http { root x { } }", `directive "root" is not terminated by ";" in /c/n:1`, ""},
		{"http { root x y; }", `invalid number of arguments in "root" directive in /c/n:1`, ""},
		{"http { root x\n server { } }", `directive "root" is not terminated by ";" in /c/n:2`, ""},
		{"http { root x\n root y; }", `invalid number of arguments in "root" directive in /c/n:2`, `is a ";" missing before "root"?`},
		{"http { server { location {} } }", `invalid number of arguments in "location" directive in /c/n:1`, "syntax: location [ = | ~ | ~* | ^~ ] uri"},
		{"events {} events {}", `"events" directive is duplicate in /c/n:1`, ""},
		{"events { worker_connections 5; worker_connections 6; }", `"worker_connections" directive is duplicate in /c/n:1`, ""},
		{"events { worker_connections x; }", `"worker_connections" directive invalid number in /c/n:1`, ""},
		{"http { upstream x {\n\n} }", "no servers are inside upstream in /c/n:3", ""},
		{"events { foo; }\n}", `unknown directive "foo" in /c/n:1`, ""},
		{"events { }\n}", `unexpected "}" in /c/n:2`, ""},
		{"http { server {", `unexpected end of file, expecting "}" in /c/n:1`, ""},
		{"include /x/y;", `open() "/x/y" failed (2: No such file or directory) in /c/n:1`, ""},
		{"include y;", `open() "/c/y" failed (2: No such file or directory) in /c/n:1`, ""},
		{"include y*; include a b;", `invalid number of arguments in "include" directive in /c/n:1`, "syntax: include file | mask"},
		{"include x {}", `directive "include" is not terminated by ";" in /c/n:1`, ""},
		{"include d/*;", `unknown directive "two" in /c/d/2:2`, ""},
		{"http { types { include m; } types { a { } } }", `unexpected "{" in /c/n:1`, ""},
		{"http { include rec; }", `open() "/c/rec" failed (24: Too many open files) in /c/rec:1`, ""},
		{"http { content_by_lua_block { [[ } }", `"content_by_lua_block" directive is not allowed here in /c/n:1`, "allowed in: location, if in location, server in stream"},
		{"http { server { location / { content_by_lua_block x { [[ }", `invalid number of arguments in "content_by_lua_block" directive in /c/n:1`, ""},
		{"http { server { location / { content_by_lua_block {\n [[ }", `Lua code block missing the closing long bracket "]]", the inlined Lua code may be too long in /c/n:2`, ""},
		{"http { server { location / { content_by_lua_block {\n bad }", "is bad in /c/n:2", ""},
		{"http { server { location / { content_by_lua_block {\n {} } }", `unexpected end of file, expecting "}" in /c/n:2`, ""},
	} {
		_, _, err := walk(t, memory{"/c/n": test.text, "/c/d/1": "events {}", "/c/d/2": "\ntwo;", "/c/m": "a b;", "/c/rec": "include rec;"})
		switch {
		case err == nil && test.want == "":
		case err == nil || err.Error() != test.want || err.Help != test.help:
			t.Errorf("%q:\n got %+v\nwant %s / %s", test.text, err, test.want, test.help)
		}
	}
}

func TestWarnings(t *testing.T) {
	top, logged, err := walk(t, memory{"/c/n": "http { types { a b;\n include m; c d; } server { location / {\n deny all; } } }", "/c/m": "i j;"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(logged, "|"); got != "warn deny is new in /c/n:3" {
		t.Error(got)
	}
	if got := strings.Join(top.levels["http"].types, " "); got != "a i c" {
		t.Error(got)
	}
}

func TestParam(t *testing.T) {
	w := &Walker{Table: smallTable(t), Reader: memory{}}
	for text, want := range map[string]string{
		"foo x;":     `unknown directive "foo" in command line`,
		"events {}":  "block directives are not supported in -g option in command line",
		"include x":  `unexpected end of parameter, expecting ";" in command line`,
		"include x;": `open() "x" failed (2: No such file or directory) in command line`,
	} {
		if err := w.Param(text, directive.Main, nil, nil); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	if err := w.File("/none", directive.Main, nil, nil); err == nil || err.Error() != `open() "/none" failed (2: No such file or directory)` {
		t.Error(err)
	}
}

func TestEffective(t *testing.T) {
	table := smallTable(t)
	top, _, err := walk(t, memory{"/c/n": "events {}\nhttp {\n root 'a b';\n server { } }"})
	if err != nil {
		t.Fatal(err)
	}
	http, server, events := top.levels["http"], top.levels["http"].levels["server"], top.levels["events"]
	for _, pair := range [][2]*level{{nil, http}, {http, server}, {nil, events}} {
		var parent any
		if pair[0] != nil {
			parent = pair[0]
		}
		if err := table.Inherit(t, parent, pair[1]); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for _, s := range append(table.Effective(directive.Server, server), table.Effective(directive.Events, events)...) {
		lines = append(lines, s.String())
	}
	if got := strings.Join(lines, "\n"); got != "root \"a b\"; # /c/n:3\nworker_connections 512;" {
		t.Error(got)
	}
}

func TestIdle(t *testing.T) {
	_, logged, err := walk(t, memory{"/c/n": "events { }\nhttp {\naio off; aio on;\n}"})
	if err != nil {
		t.Fatal(err)
	}
	want := `notice "aio" has no effect: threads read in /c/n:3`
	if len(logged) != 1 || logged[0] != want {
		t.Errorf("logged %q, want %q alone", logged, want)
	}
	for _, d := range smallTable(t).Docs() {
		if d.Name == "aio" && d.Text != "Accepted. It has no effect: threads read." {
			t.Errorf("documented as %q", d.Text)
		}
	}
}

func TestNewTable(t *testing.T) {
	row := Row{Directive: directive.Directive{Name: "a", In: directive.HTTP | directive.Server, Args: directive.Take1, Set: Include.Set}}
	other := row
	other.In = directive.Server
	if _, err := NewTable(row, other); err == nil {
		t.Error("two rows for one name and context")
	}
	other.In = directive.Location
	if _, err := NewTable(row, other); err != nil {
		t.Error(err)
	}
	other.Set = nil
	if _, err := NewTable(other); err == nil {
		t.Error("a row without a setter")
	}
	docs := smallTable(t).Docs()
	if docs[0].Name != "include" || docs[6].Syntax != "location [ = | ~ | ~* | ^~ ] uri { ... }" || docs[6].Body != "directives" {
		t.Errorf("docs: %+v", docs)
	}
}
