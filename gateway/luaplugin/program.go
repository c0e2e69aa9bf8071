package luaplugin

import (
	"embed"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
	"moongate/gateway/route"
)

//go:embed lua
var sources embed.FS

func part(name string) string {
	b, err := sources.ReadFile("lua/" + name + ".lua")
	if err != nil {
		return ""
	}
	return string(b)
}

// What run.lua returns.
const (
	describe = iota
	check
	begin
	rewrite
	access
	response
	header
	body
	logged
	drop
)

// Plugins are the plugins of Files where a machine runs them: in this process.
type Plugins struct {
	Kinds []*plugin.Plugin

	machine httpd.Machine
	// Node is the id of this node; Known what the gateway knows now. Both are for workers.
	Node  string
	Known func() plugin.Known
	Cache *zone.Dict // of kong.cache, in workers

	mu   sync.Mutex
	byID map[int]*configuration
	last int
}

// Program is the Lua of the plugins, for a process.
func (p *Plugins) program(f *Files) *httpd.Program {
	return &httpd.Program{
		Name: "gateway/run.lua", Source: part("run"), Functions: []string{"describe", "check", "begin", "rewrite", "access", "response", "header_filter", "body_filter", "log", "drop"},
		Begin: begin,
		Host: slices.Concat(p.cached(), p.stored(), p.steering(), []httpd.HostFunc{
			{Name: "source", Run: func(_ *httpd.Request, args []string) (string, bool, error) {
				s := part(one(args))
				return s, s != "", nil
			}},
			{Name: "plugins", Run: func(*httpd.Request, []string) (string, bool, error) { return encode(f.sources) }},
			{Name: "module", Run: func(_ *httpd.Request, args []string) (string, bool, error) {
				s, err := f.module(one(args))
				return s, s != "", err
			}},
			{Name: "valid", Run: func(_ *httpd.Request, args []string) (string, bool, error) {
				if len(args) != 2 {
					return "", false, errArgs
				}
				wrong := valid(args[0], args[1])
				return wrong, wrong != "", nil
			}},
			{Name: "config", Run: func(_ *httpd.Request, args []string) (string, bool, error) { return p.config(one(args)) }},
			{Name: "node", Run: func(*httpd.Request, []string) (string, bool, error) { return p.Node, true, nil }},
			{Name: "route", Run: about(func(x *plugin.Context) any { return x.Route })},
			{Name: "service", Run: about(func(x *plugin.Context) any { return x.Service })},
			{Name: "consumer", Run: about(func(x *plugin.Context) any { return x.Consumer })},
			{Name: "load_consumer", Run: p.loadConsumer},
			{Name: "authenticate", Run: p.authenticate},
			{Name: "prefix", Run: func(r *httpd.Request, _ []string) (string, bool, error) {
				x, err := of(r)
				if err != nil || x.Route == nil || !x.Route.StripPath {
					return "", true, err
				}
				return x.Match.Prefix, true, nil
			}},
			{Name: "path", Run: func(r *httpd.Request, _ []string) (string, bool, error) {
				if r == nil {
					return "", false, errRequest
				}
				return route.Normalize(requestPath(r)), true, nil
			}},
			{Name: "whole", Run: func(r *httpd.Request, _ []string) (string, bool, error) {
				x, err := of(r)
				if err != nil || x.Whole == nil {
					return "", false, err
				}
				return string(x.Whole), true, nil
			}},
			{Name: "asked", Run: func(r *httpd.Request, _ []string) (string, bool, error) {
				if r == nil {
					return "", false, errRequest
				}
				_, ok, _ := r.LookupVar("upstream_status")
				return "1", ok, nil
			}},
		}),
	}
}

var (
	errRequest = errors.New("there is no request here")
	errOutside = errors.New("the request does not go through the gateway")
	errArgs    = errors.New("not enough arguments")
)

func one(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func encode(v any) (string, bool, error) {
	b, err := json.Marshal(v)
	return string(b), string(b) != "null", err
}

// of is the request as plugins see it.
func of(r *httpd.Request) (*plugin.Context, error) {
	if r == nil {
		return nil, errRequest
	}
	if x := plugin.Of(r); x != nil {
		return x, nil
	}
	return nil, errOutside
}

// about tells Lua of one of the entities that the request has to do with.
func about(get func(x *plugin.Context) any) func(*httpd.Request, []string) (string, bool, error) {
	return func(r *httpd.Request, _ []string) (string, bool, error) {
		x, err := of(r)
		if err != nil {
			return "", false, err
		}
		return encode(get(x))
	}
}

func (p *Plugins) loadConsumer(_ *httpd.Request, args []string) (string, bool, error) {
	if p.Known == nil || len(args) < 2 {
		return "", false, errRequest
	}
	known := p.Known()
	c := known.Consumer(args[0])
	if c == nil && args[1] != "" {
		c = known.ConsumerNamed(args[0])
	}
	return encode(c)
}

func (p *Plugins) authenticate(r *httpd.Request, args []string) (string, bool, error) {
	x, err := of(r)
	if err != nil || len(args) < 2 {
		return "", false, err
	}
	c := p.Known().Consumer(args[0])
	if c == nil && args[0] != "" {
		return "", false, errors.New("no consumer has the id " + args[0])
	}
	x.Authenticate(c, r.Copy([]byte(args[1])))
	return "", false, nil
}
