// Package plugin says what a plugin of the gateway is, and gives it what it needs to
// know of a request. Each plugin is a folder below this one; the list of them, in running
// order, is gateway/order.go.
//
// A plugin is a table, like a module:
//
//	var Plugin = plugin.Plugin{
//		Name:   "request-termination",
//		Doc:    "Answers requests itself.",
//		Config: schema.Shape{Fields: ...},
//		New:    func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) { ... },
//	}
//
// An Instance is what one configuration of it means, in one worker. It has the methods of
// the phases that it takes part in, and no others:
//
//	Rewrite(x) Result     before the route is chosen; configurations for all requests only
//	Access(x) Result      before the request goes to the service; may answer it
//	Response(x) Result    the whole answer of the service, where an instance says that it Responds
//	Header(x) Result      the header of the response, before it is sent
//	Body(x, in, next)     the parts of its body
//	Log(x)                when all is over
//	Close()               the configuration is no longer in force
//
// Which instances a request meets is decided for each plugin by itself: of the
// configurations that fit, the one with the most specific scope counts (Kong's order):
// route, service and consumer; route and consumer; service and consumer; route and
// service; consumer; route; service; everywhere. The consumer is known from the moment
// that an authenticating plugin calls Context.Authenticate.
//
// Methods run on the request's goroutine and may wait as any handler may: through
// package edge/sys/event, or with event.Block before any other kind of waiting. An
// instance serves many requests at the same time.
package plugin
