package config

import (
	"embed"
	"path"
	"strconv"
	"strings"
	"sync"

	"moongate/core/config/directive"
)

// Known is a directive as some module of nginx or OpenResty declares it.
type Known struct {
	Name   string
	Module string
	In     directive.Context
	Args   directive.Args
	Block  bool
}

//go:embed known/*.txt
var knownFiles embed.FS

// The lists are only read when something is refused or compared: a good
// configuration never pays for them.
var known = sync.OnceValue(func() (list struct {
	byName  map[string][]Known
	modules map[string]bool
}) {
	list.byName, list.modules = map[string][]Known{}, map[string]bool{}
	entries, _ := knownFiles.ReadDir("known")
	for _, e := range entries {
		text, _ := knownFiles.ReadFile("known/" + e.Name())
		module := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			switch {
			case line == "" || line[0] == '#':
			case line[0] == '[':
				module = strings.Trim(line, "[]")
				list.modules[module] = true
			default:
				k := parseKnown(line)
				k.Module = module
				list.byName[k.Name] = append(list.byName[k.Name], k)
			}
		}
	}
	return list
})

var knownContexts = map[string]directive.Context{
	"main": directive.Main, "events": directive.Events, "any": directive.Anywhere,
	"http": directive.HTTP, "server": directive.Server, "location": directive.Location,
	"server-if": directive.ServerIf, "location-if": directive.LocationIf,
	"limit_except": directive.LimitExcept, "upstream": directive.Upstream,
	"stream": directive.Stream, "stream-server": directive.StreamServer, "stream-upstream": directive.StreamUpstream,
	"mail": directive.Mail, "mail-server": directive.MailServer,
}

func parseKnown(line string) (k Known) {
	fields := strings.Fields(line)
	k.Name = fields[0]
	for word := range strings.SplitSeq(fields[1], ",") {
		k.In |= knownContexts[word]
	}
	switch counts := fields[2]; counts {
	case "flag":
		k.Args = directive.FlagArg
	case "any":
		k.Args = directive.Any
	case "1+":
		k.Args = directive.OneMore
	case "2+":
		k.Args = directive.TwoMore
	default:
		for _, digit := range counts {
			k.Args |= 1 << (digit - '0')
		}
	}
	k.Block = len(fields) == 4
	return k
}

// KnownDirectives are the declarations of a name, one per module.
func KnownDirectives(name string) []Known { return known().byName[name] }

// KnownContexts is where nginx or OpenResty would take a name.
func KnownContexts(name string) (in directive.Context) {
	for _, k := range known().byName[name] {
		in |= k.In
	}
	return in
}

// ModuleOfFile is the name of the nginx module in a file that load_module
// names: "modules/ngx_http_lua_module.so" holds ngx_http_lua_module. known is
// false for a module that is neither nginx's nor in OpenResty's bundle.
func ModuleOfFile(file string) (name string, isKnown bool) {
	name = strings.TrimSuffix(path.Base(file), ".so")
	return name, known().modules[name]
}

// BuiltIn says whether the table has any directive of a module that
// ModuleOfFile named; a module without directives is part of the program.
func (t *Table) BuiltIn(module string) bool {
	empty := true
	for name, list := range known().byName {
		for _, k := range list {
			if k.Module != module {
				continue
			}
			empty = false
			if t.contexts(name)&k.In != 0 {
				return true
			}
		}
	}
	return empty && known().modules[module]
}

// Compare lists where rows differ from nginx's own tables in contexts, in
// argument counts or in having a block. Rows that nginx does not know are
// ours to define.
func (t *Table) Compare() []string {
	var differences []string
	for _, r := range t.rows {
		for _, k := range known().byName[r.Name] {
			if k.In&r.In == 0 {
				continue
			}
			where := r.Name + " (" + k.Module + "): "
			if lost := k.In &^ t.contexts(r.Name); lost != 0 {
				differences = append(differences, where+"not taken in "+lost.String())
			}
			if k.Args != r.Args {
				differences = append(differences, where+"takes "+strconv.Quote(r.Args.String())+", nginx "+strconv.Quote(k.Args.String()))
			}
			if k.Block != (r.Body != directive.NoBody) {
				differences = append(differences, where+"a block here or in nginx, not in both")
			}
		}
		if all := KnownContexts(r.Name); all != 0 && r.In&^all != 0 {
			differences = append(differences, r.Name+": nginx does not take it in "+(r.In&^all).String())
		}
	}
	return differences
}
