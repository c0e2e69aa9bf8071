// Package session is the plugin session: who has shown a credential once need not show it
// again. A session remembers the consumer that another plugin has found.
package session

import (
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
	"moongate/gateway/sessions"
)

// Plugin is session.
var Plugin = plugin.Plugin{
	Name:    "session",
	Doc:     "Remembers consumers that another plugin has authenticated.",
	Without: plugin.OfConsumer,
	Config: schema.Shape{
		Fields: append(sessions.Fields("", "Strict", true),
			schema.Field{Name: "read_body_for_logout", Kind: schema.Boolean, Default: false, Doc: "Whether logout_post_arg is looked for."},
			schema.Field{Name: "logout_methods", Kind: schema.Set, Default: []string{"POST", "DELETE"}, Elem: &schema.Field{Kind: schema.String, OneOf: schema.Words("GET", "POST", "DELETE")}, Doc: "Methods of requests that may end a session."},
			schema.Field{Name: "logout_query_arg", Kind: schema.String, Default: "session_logout", Doc: "The argument that does."},
			schema.Field{Name: "logout_post_arg", Kind: schema.String, Default: "session_logout", Doc: "The field of a body that does."},
			sessions.RedisField(),
		),
		Checks: []schema.Check{sessions.NeedsRedis("")},
	},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e, id: c.ID}
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		var conf sessions.Config
		err := conf.Read(c.Raw, "")
		if err == nil {
			i.store, err = sessions.New(e, conf, "session")
		}
		return i, err
	},
}
