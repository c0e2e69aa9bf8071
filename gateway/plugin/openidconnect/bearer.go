package openidconnect

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/jose"
	"moongate/gateway/oauth"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// shown is a token that a request shows, "" without one.
type shown struct {
	token  string
	proven bool // by the scheme DPoP, with a proof
}

// find looks for a token. What was found is hidden.
func (i *instance) find(x *plugin.Context) (shown, plugin.Result) {
	const name = "access_token"
	for _, place := range i.BearerIn {
		switch place {
		case "header":
			if s := i.inHeader(x); s.token != "" {
				return s, plugin.Next
			}
		case "query":
			if f := x.FindArg(name); f.Value != "" {
				if i.Hide {
					x.HideArg(name)
				}
				return shown{token: f.Value}, plugin.Next
			}
		case "cookie":
			if v, _ := x.R.Cookie(i.BearerCookie); i.BearerCookie != "" && v != "" {
				if i.Hide {
					sessions.HideCookie(x.R, i.BearerCookie)
				}
				return shown{token: v}, plugin.Next
			}
		case "body":
			if kind, _ := x.R.In.Known(http1.ContentType); !isForm(kind) {
				continue
			}
			f, res := x.Fields()
			if res != plugin.Next {
				return shown{}, res
			}
			if v := f.Find(name); v.Value != "" {
				if i.Hide {
					f.Hide(name)
				}
				return shown{token: v.Value}, plugin.Next
			}
		}
	}
	return shown{}, plugin.Next
}

func (i *instance) inHeader(x *plugin.Context) (s shown) {
	at := "Authorization"
	v, _ := x.R.In.Get(at)
	s.token = afterScheme(v, "bearer")
	if s.token == "" && i.DPoP != "off" {
		s.token = afterScheme(v, "dpop")
		s.proven = s.token != ""
	}
	if s.token == "" {
		at = "Access-Token"
		v, _ = x.R.In.Get(at)
		s.token = strings.Trim(v, " \t")
	}
	if s.token != "" && i.Hide {
		x.R.In.Del(at)
	}
	return s
}

// afterScheme is a token behind the name of a scheme and a blank.
func afterScheme(value, scheme string) string {
	v, ok := plugin.AfterScheme(value, scheme)
	if !ok || v == "" || v[0] != ' ' && v[0] != '\t' {
		return ""
	}
	return strings.Trim(v, " \t")
}

// bearer judges a token that was shown: a JWT here, others by what the provider says.
func (i *instance) bearer(x *plugin.Context, s shown) plugin.Result {
	token := s.token
	var c map[string]any
	t, err := jose.Parse(token)
	switch isJWT := strings.Count(token, ".") == 2; {
	case isJWT && i.can.bearer && !i.IntrospectJWT:
		if err != nil {
			return i.unauthorized(x, "invalid_token")
		}
		m := i.provider.known()
		if m == nil {
			return x.Answer(503, "The identity provider is not available")
		}
		if !i.good(m, t) {
			return i.unauthorized(x, "invalid_token")
		}
		c = t.Claims
	case i.can.introspection || i.can.userInfo:
		m := i.provider.known()
		if m == nil {
			return x.Answer(503, "The identity provider is not available")
		}
		ask := i.introspect
		if !i.can.introspection || m.Introspection == "" && i.can.userInfo {
			ask = i.vouch
		}
		if c, err = i.tokens.Find(token, func() (map[string]any, error) { return ask(m, token) }); err != nil {
			i.failed("a token is not judged", err)
			return x.Answer(503, "The identity provider is not available")
		}
		if iss, there := c["iss"]; c == nil || there && !i.issued(m, iss) {
			return i.unauthorized(x, "invalid_token")
		}
	default:
		return i.unauthorized(x, "invalid_token")
	}
	his, res := i.possesses(x, s, c)
	if i.Hide {
		x.R.In.Del("DPoP")
	}
	if !his {
		return res
	}
	if res := i.settle(x, claims{c}, ""); res != plugin.Next {
		return res
	}
	show(x, i.AccessHeader, token)
	return plugin.Next
}

// good judges a JWT. For whom it is, audience_required asks.
func (i *instance) good(m *metadata, t *jose.Token) bool {
	if !forAccess(t) {
		return false
	}
	keys, ok := i.provider.keys.Find(t)
	if !ok || !slices.ContainsFunc(keys, t.SignedBy) || !i.issued(m, t.Claims["iss"]) {
		return false
	}
	verify := []string{"exp"}
	if _, there := t.Claims["nbf"]; there {
		verify = append(verify, "nbf")
	}
	return t.Times(verify, float64(event.Now().Unix()), i.Leeway) == nil
}

// forAccess tells whether a JWT may be an access token: what providers sign for other ends,
// such as that somebody has logged out, says so by its type (RFC 8725, 3.11) or its events
// (RFC 8417, 2.2).
func forAccess(t *jose.Token) bool {
	kind, _ := t.Header["typ"].(string)
	kind = strings.TrimPrefix(strings.ToLower(kind), "application/")
	_, event := t.Claims["events"]
	return !event && (kind == "at+jwt" || !strings.HasSuffix(kind, "+jwt"))
}

// vouch has the user info say whether a token is good. Where the token is a JWT it is not
// known for longer than it lasts.
func (i *instance) vouch(m *metadata, token string) (map[string]any, error) {
	body, err := i.askUserInfo(m, token)
	var d *oauth.Denied
	switch {
	case errors.As(err, &d) && d.Status != 408 && d.Status != 429:
		return map[string]any{"active": false}, nil
	case err != nil:
		return nil, err
	}
	var c map[string]any
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, fmt.Errorf("%s: %w", m.UserInfo, err)
	}
	if sub, _ := c["sub"].(string); sub == "" { // OpenID Connect Core 1.0, 5.3.2
		return map[string]any{"active": false}, nil
	}
	if t, err := jose.Parse(token); err == nil && c["exp"] == nil && t.Claims["exp"] != nil {
		c["exp"] = t.Claims["exp"]
	}
	c["active"] = true
	return c, nil
}

func (i *instance) introspect(m *metadata, token string) (map[string]any, error) {
	if m.Introspection == "" {
		return map[string]any{"active": false}, nil // nobody can say that it is good
	}
	form := url.Values{"token": {token}}
	if i.Hint != "" {
		form.Set("token_type_hint", i.Hint)
	}
	header, err := i.prove(m, form)
	if err != nil {
		return nil, err
	}
	return oauth.Post(i.client, m.Introspection, form, header)
}
