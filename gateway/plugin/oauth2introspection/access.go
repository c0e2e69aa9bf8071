package oauth2introspection

import (
	"net/url"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/gateway/client"
	"moongate/gateway/entity"
	"moongate/gateway/oauth"
	"moongate/gateway/plugin"
)

type instance struct {
	plugin.Gate
	URL           string            `json:"introspection_url"`
	Authorization string            `json:"authorization_value"`
	Hint          string            `json:"token_type_hint"`
	TTL           float64           `json:"ttl"`
	Deny          float64           `json:"ttl_neg"`
	Hide          bool              `json:"hide_credentials"`
	Timeout       int               `json:"timeout"`
	Keepalive     int               `json:"keepalive"`
	Verify        bool              `json:"ssl_verify"`
	By            string            `json:"consumer_by"`
	Request       bool              `json:"introspect_request"`
	Headers       map[string]string `json:"custom_introspection_headers"`
	Claims        []string          `json:"custom_claims_forward"`
	Realm         string            `json:"realm"`

	env              *plugin.Env
	id               string
	client           *client.Client
	tokens           *oauth.Tokens
	missing, invalid *plugin.Refusal
	seldom           plugin.Seldom
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	i.unclaim(x)
	return i.Gate.Access(x, i.env, i)
}

// Authenticate implements plugin.Authenticator.
func (i *instance) Authenticate(x *plugin.Context) *plugin.Refusal {
	token := i.find(x)
	if token == "" {
		return i.missing
	}
	claims, err := i.tokens.Find(i.key(x, token), func() (map[string]any, error) { return i.ask(x, token) })
	switch {
	case err != nil:
		i.failed(err)
		return &plugin.Refusal{Status: 503, Message: "The authorization server can't be asked"}
	case claims == nil:
		return i.invalid
	}
	c, name := i.consumer(claims)
	x.Authenticate(c, name)
	x.Claims = claims
	i.claim(x, claims)
	return nil
}

// key is what an answer is remembered by: where the server looks at the request too, the
// request is part of the question.
func (i *instance) key(x *plugin.Context, token string) string {
	if i.Request {
		return x.R.MethodName + " " + path(x) + " " + token
	}
	return token
}

func path(x *plugin.Context) string {
	p, _, _ := strings.Cut(x.R.UnparsedURI, "?")
	return p
}

// find is the token: of the Authorization header, the query, or a form.
func (i *instance) find(x *plugin.Context) string {
	if v, ok := x.R.In.Get("Authorization"); ok {
		if v, ok = plugin.AfterScheme(v, "bearer"); ok && v != "" && (v[0] == ' ' || v[0] == '\t') {
			if i.Hide {
				x.R.In.Del("Authorization")
			}
			return strings.Trim(v, " \t")
		}
	}
	const name = "access_token"
	if f := x.FindArg(name); f.Value != "" {
		if i.Hide {
			x.HideArg(name)
		}
		return f.Value
	}
	if kind, _ := x.R.In.Known(http1.ContentType); !strings.HasPrefix(strings.ToLower(kind), "application/x-www-form-urlencoded") {
		return ""
	}
	f, res := x.Fields()
	if res != plugin.Next {
		return ""
	}
	v := f.Find(name)
	if v.Value != "" && i.Hide {
		f.Hide(name)
	}
	return v.Value
}

func (i *instance) ask(x *plugin.Context, token string) (map[string]any, error) {
	form := url.Values{"token": {token}}
	if i.Hint != "" {
		form.Set("token_type_hint", i.Hint)
	}
	header := []http1.Header{{Name: "Authorization", Value: i.Authorization}}
	if i.Request {
		header = append(header, http1.Header{Name: "X-Request-Path", Value: path(x)}, http1.Header{Name: "X-Request-Http-Method", Value: x.R.MethodName})
	}
	for name, v := range i.Headers {
		header = append(header, http1.Header{Name: name, Value: v})
	}
	return oauth.Post(i.client, i.URL, form, header)
}

// consumer is whom an answer names, and what it is called; nil for nobody we know.
func (i *instance) consumer(claims map[string]any) (c *entity.Consumer, name string) {
	text := func(claim string) string { s, _ := claims[claim].(string); return s }
	if i.By == "client_id" {
		name = text("client_id")
		if c = i.env.Known().ConsumerNamed(name); c != nil && c.CustomID != name {
			c = nil
		}
	} else {
		name = text("username")
		if c = i.env.Known().ConsumerNamed(name); c != nil && c.Username != name {
			c = nil
		}
	}
	for _, other := range []string{"client_id", "sub", "username"} {
		if name == "" {
			name = text(other)
		}
	}
	if name == "" {
		name = "token" // it is good, and of nobody
	}
	return c, name
}

func (i *instance) failed(err error) {
	if missed, ok := i.seldom.Now(); ok {
		i.env.Log.Error(nil, "gateway: oauth2-introspection %s: a request is refused (%d more since the last such line): %v", i.id, missed, err)
	}
}

// Close implements plugin.Closer.
func (i *instance) Close() {
	if i.client != nil {
		i.client.Close()
	}
}
