package gateway

import (
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// variables are what Lua, logs and conditions see of the gateway's decisions.
func variables() []httpd.Variable {
	of := func(name, doc string, get func(x *exchange) string) httpd.Variable {
		return httpd.Variable{Name: name, Doc: doc, Volatile: true, Get: func(r *httpd.Request) (string, bool) {
			x := slot.Get(r.Main)
			if x == nil {
				return "", false
			}
			v := get(x)
			return v, v != ""
		}}
	}
	return []httpd.Variable{
		of("gateway_route", "The id of the route that was chosen.", func(x *exchange) string {
			if x.Route == nil {
				return ""
			}
			return x.Route.ID
		}),
		of("gateway_route_name", "Its name.", func(x *exchange) string {
			if x.Route == nil {
				return ""
			}
			return x.Route.Name
		}),
		of("gateway_service", "The id of the service.", func(x *exchange) string {
			if x.Service == nil {
				return ""
			}
			return x.Service.ID
		}),
		of("gateway_service_name", "Its name.", func(x *exchange) string {
			if x.Service == nil {
				return ""
			}
			return x.Service.Name
		}),
		of("gateway_consumer", "The username of who asks, or its custom_id.", func(x *exchange) string {
			switch c := x.Consumer; {
			case c == nil:
				return ""
			case c.Username != "":
				return c.Username
			default:
				return c.CustomID
			}
		}),
		of("gateway_consumer_id", "The id of who asks.", func(x *exchange) string {
			if x.Consumer == nil {
				return ""
			}
			return x.Consumer.ID
		}),
		of("gateway_credential", "The id of what was shown.", func(x *exchange) string { return x.Credential }),
		of("gateway_variant", "The version that a release has chosen.", func(x *exchange) string { return x.Variant }),
		{Name: "gateway_path", Doc: "The path that the service is asked for, escaped; it may be set.", Volatile: true,
			Get: func(r *httpd.Request) (string, bool) {
				if x := slot.Get(r.Main); x != nil {
					return x.Out.Path, true
				}
				return "", false
			},
			Set: func(r *httpd.Request, value string) {
				if x := slot.Get(r.Main); x != nil && value != "" && value[0] == '/' {
					x.Out.Path = value
				}
			}},
		{Name: "gateway_host", Doc: "The Host header for the service, that of a target once it has been chosen; it may be set.", Volatile: true,
			Get: func(r *httpd.Request) (string, bool) {
				x := slot.Get(r.Main)
				if x == nil || x.plan == nil || x.plan.Service == nil {
					return "", false
				}
				if h := x.host(x.plan, x.plan.Peers()); h != "" {
					return h, true
				}
				u := upstreamhttp.Of(r.Main)
				if u == nil {
					return "", false
				}
				return u.Host, u.Host != ""
			},
			Set: func(r *httpd.Request, value string) {
				if x := slot.Get(r.Main); x != nil {
					x.Out.Host = value
				}
			}},
	}
}
