package plugin

import (
	"encoding/json"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/schema"
)

// Plugin is one kind of plugin.
type Plugin struct {
	Name string
	Doc  string
	// Priority is the place of a plugin that is not in the list of order.go: of higher
	// ones the turn comes first (Kong's PRIORITY).
	Priority int
	Version  string       // "" is that of the program
	Config   schema.Shape // of its config
	// Checks are rules that Kong has beside the config: their fields begin with "config.".
	Checks  []schema.Check
	Without Scopes // what it cannot be configured for
	// Observes says that the plugin only watches: where New fails, requests go on without
	// it. Where another one fails that might have refused them, they are answered with 500.
	Observes bool
	// Tells says that instances are Tells, and that New may be called where there is no
	// worker: with an Env that has the log, and the memory if they go by that.
	Tells Telling
	// New makes what a configuration means. It is called in each worker, once for each
	// version of a configuration, and also with configurations that have been accepted by
	// another version of the program.
	New func(e *Env, c *Config) (Instance, error)
}

// Scopes are kinds of scope.
type Scopes uint8

const (
	OfRoute Scopes = 1 << iota
	OfService
	OfConsumer
)

// Config is one configuration of a plugin: a document of the entity plugins.
type Config struct {
	ID                       string
	Plugin                   string
	Route, Service, Consumer string          // ids, "" where it does not say
	Raw                      json.RawMessage // its config, checked and complete
}

// Decode reads the config.
func (c *Config) Decode(into any) error { return json.Unmarshal(c.Raw, into) }

// Instance is what New makes; see the package's documentation for its methods.
type Instance any

// Asks is for instances that judge clients' certificates: handshakes ask for one where a
// route of theirs may be meant, and tell the client of these authorities, ids of
// ca_certificates.
type Asks interface{ Asks() (authorities []string) }

// Result is what a phase answers with: Next, or what ends the request.
type Result = httpd.Result

// Next lets the request go on.
const Next = httpd.Declined

// Passing is for instances that say how a service is spoken to. What they make of c, a
// copy, is kept for all requests that have the same service and the same instance: it
// depends on nothing else.
type Passing interface{ Pass(c *upstreamhttp.Conf) }

// The phases. An Instance implements those it needs.
type (
	// Rewrite comes before the route is chosen, so only configurations for all requests
	// are asked, and only what the request itself says is known.
	Rewrite interface{ Rewrite(x *Context) Result }
	Access  interface{ Access(x *Context) Result }
	Header  interface{ Header(x *Context) }
	// Received sees the header of an answer as the service has given it, before Header of
	// any plugin: what is behind the first Context.Before headers of R.Out.List is the
	// service's. It is not called for answers that the gateway gives itself.
	Received interface{ Received(x *Context) }
	// Response sees the service's whole answer before any of it is sent: R.Out has its
	// header, Context.Whole its body. It may change the header, wait, or answer in its
	// place, or put another body into Context.Whole. Header and Body of all plugins follow.
	Response interface {
		// Responds tells whether this instance takes part: for who does, answers are held
		// back in memory.
		Responds() bool
		Response(x *Context) Result
	}
	// Holds is for a Response that wants to see some answers only: it is asked when there is
	// a header. Answers that nobody wants pass as they come.
	Holds interface{ Holds(x *Context) bool }
	// Wants is for a Response to which the first bytes of a body are enough. By the header
	// of an answer it says how many: as soon as all who respond have what they want, the
	// answer goes on, and Context.Whole is so much of it.
	Wants interface{ Wants(x *Context) int64 }
	// Body sees parts of the response on their way out, and passes on through next
	// what it makes of them. It is asked for only where Header has called
	// Context.FilterBody, or Received has called Context.WatchBody.
	Body interface {
		Body(x *Context, in []httpd.Buf, next httpd.Sink) error
	}
	Log    interface{ Log(x *Context) }
	Closer interface{ Close() }
)
