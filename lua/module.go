package lua

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// Module is lua-nginx-module.
var Module = &httpd.Module{
	Name:    "lua",
	Doc:     "Runs Lua code in the phases of a request, and in timers.",
	NewMain: func() any { return new(mainConf) },
	NewConf: func() any { return new(conf) },
}

func init() {
	// Handlers and setters refer to the module: filled in here to break that ring.
	Module.Directives = append(append(append(codeRows(), processRows()...), settingRows()...), append(socketRows(), balancerRows()...)...)
	Module.Merge = merge
	Module.InitMain = func(b *httpd.Builder, _ any) error {
		b.SetHandshakeCode(handshakes{})
		b.SetPeerCode(peerCode{})
		b.SetLanguage(language{})
		return nil
	}
	Module.Prepare = prepare
	Module.Replay = replay
	Module.Start = start
	Module.Quit = quit
	Module.Cut = cut
	Module.Stop = stop
	Module.Handlers = []httpd.PhaseHandler{
		{Phase: httpd.ServerRewrite, Run: run(vm.ServerRewrite, func(c *conf) *vm.Chunk { return c.serverRewrite }),
			When: has(func(c *conf) *vm.Chunk { return c.serverRewrite }), Of: "server_rewrite_by_lua"},
		{Phase: httpd.Rewrite, Run: runRewrite, When: has(func(c *conf) *vm.Chunk { return c.rewrite }), Of: "rewrite_by_lua"},
		{Phase: httpd.Access, Run: run(vm.Access, func(c *conf) *vm.Chunk { return c.access }),
			When: has(func(c *conf) *vm.Chunk { return c.access }), Of: "access_by_lua"},
		{Phase: httpd.PreContent, Run: run(vm.Precontent, func(c *conf) *vm.Chunk { return c.precontent }),
			When: has(func(c *conf) *vm.Chunk { return c.precontent }), Of: "precontent_by_lua"},
		{Phase: httpd.Log, Run: runLog, When: has(func(c *conf) *vm.Chunk { return c.log }), Of: "log_by_lua"},
	}
	Module.HeaderFilters = []httpd.HeaderFilter{
		{Run: headerFilter, When: func(c any) bool { cf := c.(*conf); return cf.headerFilter != nil || cf.bodyFilter != nil },
			Of: "header_filter_by_lua body_filter_by_lua"},
	}
}

func has(get func(*conf) *vm.Chunk) func(any) bool {
	return func(c any) bool { return get(c.(*conf)) != nil }
}

const (
	levels  = directive.HTTP | directive.Server | directive.Location
	withIf  = levels | directive.LocationIf
	inSet   = directive.Server | directive.ServerIf | directive.Location | directive.LocationIf
	inPlace = directive.Location | directive.LocationIf
)
