package gateway

import (
	"errors"
	"fmt"
	"slices"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/engine/httpd"
	"moongate/gateway/luaplugin"
	"moongate/gateway/plugin"
)

// luaConf is what gateway{} says of plugins in Lua.
type luaConf struct {
	at      syntax.Pos
	names   []string
	path    string
	builder *httpd.Builder
	files   *luaplugin.Files // nil where there are none
}

const defaultPluginsPath = "plugins"

func readLuaPlugins(c *directive.Call, cf *mainConf) error {
	l := &cf.lua
	if l.names == nil {
		l.at = c.Pos()
	}
	for _, name := range c.Args {
		if slices.Contains(l.names, name) {
			return directive.Errorf("lua plugin \"%s\" is named twice", name)
		}
		if slices.ContainsFunc(plugins(), func(p *plugin.Plugin) bool { return p.Name == name }) {
			return directive.Errorf("lua plugin \"%s\" has the name of a plugin of the gateway's own", name)
		}
		l.names = append(l.names, name)
	}
	return nil
}

func readPluginsPath(c *directive.Call, cf *mainConf) error {
	if cf.lua.path != "" {
		return directive.Duplicate
	}
	cf.lua.path = c.Args[0]
	return nil
}

// read reads the files, so that all processes have the same.
func (l *luaConf) read(b *httpd.Builder) (err error) {
	if l.names == nil {
		return nil
	}
	if l.path == "" {
		l.path = defaultPluginsPath
	}
	l.builder = b
	if l.files, err = luaplugin.Read(l.names, b.Cycle.Path(l.path), b.Cycle.Prefix, b.Cycle.ReadFile); err != nil {
		return directive.ErrorAt(l.at, "%s", err)
	}
	return nil
}

var errNoLua = errors.New("there is no Lua in this program for \"lua_plugins\"")

// check loads the plugins once, to refuse those that do not load.
func (l *luaConf) check(b *httpd.Builder) error {
	if l.files == nil {
		return nil
	}
	if b.Language() == nil {
		return directive.ErrorAt(l.at, "%s", errNoLua)
	}
	p, err := l.files.Check(b)
	if err != nil {
		return directive.ErrorAt(l.at, "lua plugins: %s", err)
	}
	p.Close()
	return nil
}

// kinds are all plugins in running order, for the gateway process, which keeps the VM.
func (l *luaConf) kinds() ([]*plugin.Plugin, error) {
	if l.files == nil {
		return plugins(), nil
	}
	if l.builder.Language() == nil {
		return nil, errNoLua
	}
	p, err := l.files.Check(l.builder)
	if err != nil {
		return nil, fmt.Errorf("lua plugins: %w", err)
	}
	return merged(plugins(), p.Kinds), nil
}

// named is kinds where no Lua runs: those in Lua have their names only, and stand last.
func (l *luaConf) named() []*plugin.Plugin {
	list := plugins()
	for _, name := range l.names {
		list = append(list, &plugin.Plugin{Name: name})
	}
	return list
}

// serve is kinds for a worker: plugins run in its VM.
func (l *luaConf) serve(node string, e *plugin.Env) ([]*plugin.Plugin, error) {
	if l.files == nil {
		return plugins(), nil
	}
	p, err := l.files.Serve(node, e)
	if err != nil {
		return nil, fmt.Errorf("lua plugins: %w", err)
	}
	return merged(plugins(), p.Kinds), nil
}
