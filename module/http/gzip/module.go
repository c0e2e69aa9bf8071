package gzip

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_gzip_filter_module.
var Module = &httpd.Module{
	Name:    "gzip",
	Doc:     "Compresses responses.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	enable    directive.Value[bool]
	types     directive.Value[*httpd.TypeSet]
	level     directive.Value[int]
	minLength directive.Value[int64]
	noBuffer  directive.Value[bool]
	buffers   directive.Value[directive.Buffers]
	window    directive.Value[int64]
	hash      directive.Value[int64]
	postpone  directive.Value[int64]
}

func init() {
	// Filters refer to the module: filled in here to break that ring.
	Module.Directives = rows()
	Module.Variables = []httpd.Variable{{Name: "gzip_ratio", Get: ratio, Doc: "How much smaller the response has become."}}
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filterHeader, When: func(c any) bool { return c.(*conf).enable.V }}}
}

func rows() []directive.Directive {
	const levels = directive.HTTP | directive.Server | directive.Location
	size := func(name, def, doc string, get func(*conf) *directive.Value[int64], check func(*directive.Call, *conf) error) directive.Directive {
		s := directive.Size(get)
		if check != nil {
			s = s.Then(check)
		}
		return directive.Directive{Name: name, Syntax: "size", In: levels, Args: directive.Take1, Default: def, Set: s, Doc: doc}
	}
	return []directive.Directive{
		{Name: "gzip", In: levels | directive.LocationIf, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.enable }), Doc: "Compresses responses."},
		{Name: "gzip_buffers", Syntax: "number size", In: levels, Args: directive.Take2, Default: "32 4k",
			Set: directive.Bufs(func(c *conf) *directive.Value[directive.Buffers] { return &c.buffers }), Idle: pooled, Doc: "Accepted for nginx's sake."},
		{Name: "gzip_types", Syntax: "mime-type ...", In: levels, Args: directive.OneMore, Default: "text/html",
			Set: httpd.TypeSetter(func(c *conf) *directive.Value[*httpd.TypeSet] { return &c.types }, "text/html"),
			Doc: "Which responses are compressed besides text/html; * for all."},
		{Name: "gzip_comp_level", Syntax: "level", In: levels, Args: directive.Take1, Default: "1",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.level }).Between(1, 9), Doc: "From fast (1) to small (9)."},
		idle("the compressor has one of 32k", size("gzip_window", "32k", "Accepted for nginx's sake.", func(c *conf) *directive.Value[int64] { return &c.window }, checkWindow)),
		idle("the compressor has its own", size("gzip_hash", "64k", "Accepted for nginx's sake.", func(c *conf) *directive.Value[int64] { return &c.hash }, checkHash)),
		idle(pooled, size("postpone_gzipping", "0", "Accepted for nginx's sake.", func(c *conf) *directive.Value[int64] { return &c.postpone }, nil)),
		{Name: "gzip_no_buffer", In: levels, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.noBuffer }), Doc: "Sends what comes at once."},
		size("gzip_min_length", "20", "Shorter responses stay as they are.", func(c *conf) *directive.Value[int64] { return &c.minLength }, nil),
	}
}

func checkWindow(_ *directive.Call, c *conf) error {
	if !powerBetween(c.window.V, 512, 32<<10) {
		return directive.Reason("must be 512, 1k, 2k, 4k, 8k, 16k, or 32k")
	}
	return nil
}

func checkHash(_ *directive.Call, c *conf) error {
	if !powerBetween(c.hash.V, 512, 128<<10) {
		return directive.Reason("must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k")
	}
	return nil
}

func powerBetween(n, lo, hi int64) bool { return n >= lo && n <= hi && n&(n-1) == 0 }

const pooled = "buffers are pooled"

// idle marks a row whose setting is checked and steers nothing.
func idle(why string, d directive.Directive) directive.Directive {
	d.Idle = why
	return d
}
