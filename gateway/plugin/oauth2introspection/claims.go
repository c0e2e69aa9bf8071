package oauth2introspection

import (
	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

const prefix = "X-Credential-"

// told are the headers that the service gets of an answer, by its members.
var told = []struct{ claim, header string }{
	{"scope", prefix + "Scope"}, {"client_id", prefix + "Client-ID"}, {"token_type", prefix + "Token-Type"}, {"exp", prefix + "Exp"}, {"iat", prefix + "Iat"},
	{"nbf", prefix + "Nbf"}, {"sub", prefix + "Sub"}, {"aud", prefix + "Aud"}, {"iss", prefix + "Iss"}, {"jti", prefix + "Jti"},
}

// unclaim takes away what the client says of itself under these names.
func (i *instance) unclaim(x *plugin.Context) {
	in := &x.R.In
	n := 0
	for _, h := range in.List {
		if len(h.Name) <= len(prefix) || !http1.EqualFold(h.Name[:len(prefix)], prefix) {
			in.List[n] = h
			n++
		}
	}
	in.List = in.List[:n]
}

// claim tells the service.
func (i *instance) claim(x *plugin.Context, claims map[string]any) {
	for _, h := range told {
		add(x, h.header, claims[h.claim])
	}
	for _, name := range i.Claims {
		add(x, prefix+name, claims[name])
	}
}

func add(x *plugin.Context, header string, v any) {
	if s := plugin.ClaimText(v); s != "" {
		x.R.In.Add(header, s)
	}
}
