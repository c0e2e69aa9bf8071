package gateway

import (
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
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
	return settable([]httpd.Variable{
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
		of("gateway_client_class", "The class of the client.", func(x *exchange) string { return x.Class }),
		of("gateway_variant", "The version that a release has chosen.", func(x *exchange) string { return x.Variant }),
		of("gateway_path", "The path that the service is asked for, escaped.", func(x *exchange) string { return x.Out.Path }),
		of("gateway_query", "The query that the service is asked with, without \"?\".", func(x *exchange) string { return x.Out.Query }),
		of("gateway_scheme", "How the service is asked: http or https.", func(x *exchange) string {
			if x.plan == nil || x.plan.Service == nil {
				return ""
			}
			if x.secure(x.plan.Service) {
				return "https"
			}
			return "http"
		}),
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
		of("otel_trace_id", "The id of the trace that the request is a part of.", func(x *exchange) string {
			if x.Trace == nil {
				return ""
			}
			return plugin.Hex(x.R, x.Trace.ID[:])
		}),
		of("otel_span_id", "The id of the request's span.", func(x *exchange) string {
			if x.Trace == nil {
				return ""
			}
			return plugin.Hex(x.R, x.Trace.Span[:])
		}),
		of("otel_parent_id", "The id of the span that the client has told of.", func(x *exchange) string {
			if x.Trace == nil || !x.Trace.HasParent {
				return ""
			}
			return plugin.Hex(x.R, x.Trace.Parent[:])
		}),
		of("otel_parent_sampled", "1 where the client has its trace recorded, else 0.", func(x *exchange) string {
			if x.Trace == nil {
				return ""
			}
			if x.Trace.ParentSampled {
				return "1"
			}
			return "0"
		}),
		of("gateway_upstream", "The upstream whose targets are asked.", (*exchange).upstreamName),
		of("gateway_target", "The address that is asked, where Lua has said one.", func(x *exchange) string { return x.chosenBy.target }),
	})
}
