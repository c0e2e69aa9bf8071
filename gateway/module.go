package gateway

import (
	"io/fs"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Module is the gateway{} block, gateway_pass and the $gateway_* variables.
var Module = &httpd.Module{
	Name:    "gateway",
	Doc:     "An API gateway whose routes and plugins are changed while it serves.",
	NewMain: func() any { return &mainConf{passing: map[*httpd.Server]bool{}} },
	NewConf: func() any { return new(conf) },
}

// Passer is the module that speaks to services: how requests are passed, and the
// settings of a location that this begins with.
type Passer struct {
	Pass upstreamhttp.Pass
	GRPC upstreamhttp.Pass // to services that speak gRPC
	Conf func(l *httpd.Location) *upstreamhttp.Conf
	// Wait is how long a new worker waits for the gateway process, if not firstWait: tests
	// have no such process.
	Wait time.Duration
	// Dashboard is what the Admin API shows to browsers; nil: nothing.
	Dashboard fs.FS
}

var passer Passer

// With gives the module whose services are spoken to by p.
func With(p Passer) *httpd.Module {
	passer = p
	return Module
}

// conf is what a location says.
type conf struct {
	pass     bool
	measured bool // there is a gateway{} somewhere
}

func passes(c any) bool { return c.(*conf).pass }

func isMeasured(c any) bool { return c.(*conf).measured }

func init() {
	// Handlers refer to the module: filled in here to break that ring.
	Module.Directives = []directive.Directive{
		{Name: "gateway", In: directive.HTTP, Args: directive.NoArgs, Body: directive.Block, Set: directive.Func(readGateway), Doc: "The gateway and where it keeps what it knows."},
		{Name: "gateway_pass", In: directive.Location, Args: directive.NoArgs, Set: directive.Func(readPass), Doc: "Requests here go where the gateway's routes say."},
		{Name: "store", Syntax: "bolt:file | file:file | etcd[s]://[user:password@]host:port[,host:port...]/prefix", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readStore), Doc: "Where the desired state is kept."},
		{Name: "admin", Syntax: "address | off", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readAdmin), Doc: "Where the Admin API listens."},
		{Name: "metrics", Syntax: "address", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readMetrics), Doc: "Where /metrics and /status are for all who ask, without a token."},
		{Name: "admin_token", Syntax: "file:file | off", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readToken), Doc: "Who may use the Admin API."},
		{Name: "data", Syntax: "folder", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readData), Doc: "The folder of the socket to the workers and of the last good state."},
		{Name: "memory", Syntax: "size", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readMemory), Doc: "Memory for counts that all workers share."},
		{Name: "lua_plugins", Syntax: "name ...", In: directive.Gateway, Args: directive.OneMore, Set: directive.Func(readLuaPlugins), Doc: "Plugins that are written in Lua."},
		{Name: "plugins_path", Syntax: "folder", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readPluginsPath), Doc: "The folder of their files."},
		{Name: "cache", Syntax: "size", In: directive.Gateway, Args: directive.Take1, Set: directive.Func(readCache), Doc: "Memory for answers that plugins keep, shared by the workers."},
	}
	Module.Variables = variables()
	Module.Handlers = []httpd.PhaseHandler{
		{Phase: httpd.Rewrite, Run: find, When: passes},
		{Phase: httpd.Access, Run: access, When: passes, Of: "gateway_pass"},
		{Phase: httpd.Log, Run: measured, When: isMeasured, Of: "gateway"},
		{Phase: httpd.Log, Run: logged, When: passes, Of: "gateway_pass"},
	}
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: header, When: passes, Of: "gateway_pass"}}
	Module.Merge = func(b *httpd.Builder, _, child any) error {
		child.(*conf).measured = httpd.MainConf[mainConf](b, Module).written
		return nil
	}
	Module.Explain = explained
	Module.InitMain = initMain
	Module.Prepare = prepare
	Module.Start = start
	Module.Stop = stop
}

func readPass(c *directive.Call, cf *conf) error {
	if cf.pass {
		return directive.Duplicate
	}
	cf.pass = true
	main := httpd.MainConf[mainConf](httpd.BuilderOf(c), Module)
	if len(main.passing) == 0 {
		main.passAt = c.Pos()
	}
	main.passing[httpd.ServerOf(c)] = true
	httpd.LocationOf(c).Handler = content
	return nil
}
