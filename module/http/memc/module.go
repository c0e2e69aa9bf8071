package memc

import (
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Module is OpenResty's memc-nginx-module.
var Module = &httpd.Module{
	Name:    "memc",
	Doc:     "Lets locations store, fetch, count and delete items of memcached servers.",
	NewMain: func() any { return new(main) },
	NewConf: func() any { return new(conf) },
	Merge:   merge,
}

func init() {
	// Setters refer to the module: filled in here to break that ring.
	Module.Directives = rows()
	Module.Init = defineVars
	Module.Variables = []httpd.Variable{{Name: "memc_flags_as_http_time", Doc: "$memc_flags, read as a time.", Get: flagsAsTime}}
}

const (
	everywhere = directive.HTTP | directive.Server | directive.Location
	passable   = directive.Location | directive.LocationIf
)

func rows() []directive.Directive {
	return []directive.Directive{
		{Name: "memc_pass", Syntax: "address", In: passable, Args: directive.Take1, Set: directive.Func(readPass), Doc: "The server that commands are sent to."},
		{Name: "memc_cmds_allowed", Syntax: "command ...", In: everywhere | directive.LocationIf, Args: directive.OneMore, Set: directive.Func(readAllowed), Doc: "The commands that may be sent; others are answered with 403."},
		{Name: "memc_flags_to_last_modified", Syntax: "on | off", In: everywhere | directive.LocationIf, Args: directive.FlagArg, Default: "off", Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.lastModified }), Doc: "The flags of an item are its time."},
		{Name: "memc_ignore_client_abort", Syntax: "on | off", In: everywhere, Args: directive.FlagArg, Default: "off", Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.ignoreAbort }), Doc: "A client that goes away does not end the request."},
		{Name: "memc_buffer_size", Syntax: "size", In: everywhere, Args: directive.Take1, Default: "4k", Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.size }), Doc: "The most that an answer may take, or its first line if it is an item."},
		{Name: "memc_next_upstream", Syntax: "condition ...", In: everywhere, Args: directive.OneMore, Default: "error timeout", Set: directive.Bits(func(c *conf) *directive.Value[upstreamhttp.Condition] { return &c.next }, nextWords), Doc: "When the next server is tried."},
		msec("memc_connect_timeout", func(c *conf) *directive.Value[time.Duration] { return &c.connectTimeout }, "How long it may take to connect."),
		msec("memc_send_timeout", func(c *conf) *directive.Value[time.Duration] { return &c.sendTimeout }, "How long the server may take nothing."),
		msec("memc_read_timeout", func(c *conf) *directive.Value[time.Duration] { return &c.readTimeout }, "How long the server may send nothing."),
	}
}

func msec(name string, get func(*conf) *directive.Value[time.Duration], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "time", In: everywhere, Args: directive.Take1, Default: "60s", Set: directive.Msec(get), Doc: doc}
}
