package openidconnect

import (
	"slices"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
	"moongate/gateway/sessions"
)

// Kinds of fields that the table has many of.

func flag(name string, standard bool, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Boolean, Required: true, Default: standard, Doc: doc}
}

func number(name string, standard float64, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Number, Required: true, Default: standard, Between: schema.Between(0, 1e9), Doc: doc}
}

func text(name, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.String, Doc: doc}
}

func mode(name, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.String, Default: "off", OneOf: schema.Words("off", "optional", "strict"), Doc: doc}
}

func address(name string) schema.Field {
	return schema.Field{Name: name, Kind: schema.String, Check: checkURL, Doc: "In place of the one that the provider publishes."}
}

func words(name string, standard any, doc string, of ...string) schema.Field {
	f := schema.Field{Name: name, Kind: schema.Array, Default: standard, Elem: &schema.Field{Kind: schema.String}, Doc: doc}
	if of != nil {
		f.Elem.OneOf = schema.Words(of...)
	}
	return f
}

// path is a claim, and one inside of it, and so on.
func path(name string, standard any, doc string) schema.Field {
	f := words(name, standard, doc)
	f.LenMax = 8
	return f
}

// one is a list in Kong, of one thing for each of several clients; here there is one.
func one(name, doc string, check func(any) string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Array, LenMax: 1, Elem: &schema.Field{Kind: schema.String, Check: check}, Doc: doc}
}

func oneOf(name, doc string, of ...string) schema.Field {
	f := one(name, doc, nil)
	f.Elem.OneOf = schema.Words(of...)
	return f
}

// clientKey is a private key (RFC 7517).
func clientKey() schema.Field {
	key := []schema.Field{
		{Name: "kty", Kind: schema.String, Required: true, OneOf: schema.Words("RSA", "EC", "OKP"), Doc: "The kind of key."},
		{Name: "kid", Kind: schema.String, Doc: "What it is called."},
		{Name: "alg", Kind: schema.String, Doc: "What it signs with."},
		{Name: "use", Kind: schema.String, Doc: "What it is for."},
		{Name: "crv", Kind: schema.String, Doc: "The curve."},
	}
	for _, name := range []string{"n", "e", "x", "y"} {
		key = append(key, schema.Field{Name: name, Kind: schema.String, Doc: "Of the public half."})
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi"} {
		key = append(key, schema.Field{Name: name, Kind: schema.String, Secret: true, Doc: "Of the private half."})
	}
	return schema.Field{Name: "client_jwk", Kind: schema.Array, LenMax: 1, Elem: &schema.Field{Kind: schema.Record, Shape: schema.Shape{Fields: key}}, Doc: "The private key of client_auth private_key_jwt."}
}

func secret(f schema.Field) schema.Field { f.Secret = true; return f }

func headers(name, doc string) schema.Field { return words(name, nil, doc) }

func names(name, doc string) schema.Field {
	f := words(name, nil, doc)
	f.Elem.Check = checkHeader
	return f
}

func checkURL(v any) string {
	u, wrong := plugin.ReadServer(v)
	switch {
	case wrong != "":
		return wrong
	case u.User != nil:
		return "must not have user info"
	case u.Fragment != "":
		return "must not have a fragment"
	}
	return ""
}

// checkHeader lets no header be one that says where a message ends or whose it is.
func checkHeader(v any) string {
	s, _ := v.(string)
	s, _ = strings.CutSuffix(strings.ToLower(s), ":bearer")
	if !plugin.IsHeaderName(s) {
		return "'" + s + "' is not a valid header"
	}
	switch s {
	case "host", "connection", "content-length", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "expect", "cookie", "set-cookie":
		return "'" + s + "' cannot be set"
	}
	return ""
}

// checkParam wants a name that can be a header's too.
func checkParam(v any) string {
	if s, _ := v.(string); !plugin.IsHeaderName(s) {
		return "is no name"
	}
	return ""
}

func checks() []schema.Check {
	return []schema.Check{sessions.NeedsRedis("session_"), {Kind: schema.Custom, Func: checkTogether}}
}

// checkTogether is what fields mean together.
func checkTogether(doc map[string]any) (out schema.Faults) {
	list := func(name string) []any { l, _ := schema.Get(doc, name).([]any); return l }
	bad := func(name, text string) {
		out = append(out, schema.Fault{Pointer: "/" + name, Message: text})
	}
	for _, pair := range [][2]string{{"upstream_headers_claims", "upstream_headers_names"}, {"downstream_headers_claims", "downstream_headers_names"},
		{"authorization_query_args_names", "authorization_query_args_values"}, {"token_post_args_names", "token_post_args_values"}} {
		if len(list(pair[0])) != len(list(pair[1])) {
			bad(pair[1], "must have as many members as "+pair[0])
		}
	}
	for _, m := range list("auth_methods") {
		if of, _ := m.(string); slices.Contains([]string{"authorization_code", "password", "refresh_token"}, of) && len(list("client_id")) == 0 {
			bad("client_id", "is required for auth_methods "+of)
			break
		}
	}
	checkProof(doc, list, bad)
	if path, _ := schema.Get(doc, "backchannel_logout_path").(string); path != "" && (schema.Get(doc, "session_storage") != "redis" || len(list("client_id")) == 0) {
		bad("backchannel_logout_path", "needs session_storage redis, where sessions can be found, and client_id")
	}
	if schema.Get(doc, "proof_of_possession_auth_methods_validation") != false {
		for _, name := range []string{"proof_of_possession_dpop", "proof_of_possession_mtls"} {
			on, _ := schema.Get(doc, name).(string)
			for _, m := range list("auth_methods") {
				if of, _ := m.(string); on != "" && on != "off" && !slices.Contains([]string{"bearer", "introspection", "session"}, of) {
					bad("auth_methods", of+" knows no "+name+"; proof_of_possession_auth_methods_validation lets it be")
					break
				}
			}
		}
	}
	if schema.Get(doc, "session_cookie_name") == schema.Get(doc, "authorization_cookie_name") {
		bad("authorization_cookie_name", "must not be session_cookie_name")
	}
	if schema.Get(doc, "session_cookie_same_site") == "Strict" && schema.Get(doc, "login_action") == "redirect" {
		bad("session_cookie_same_site", "Strict keeps the cookie from the request that follows a login; Lax does not")
	}
	return out
}
