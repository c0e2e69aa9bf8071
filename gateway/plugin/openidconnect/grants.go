package openidconnect

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/oauth"
	"moongate/gateway/plugin"
)

// Tokens that were had for a name and a password, a client's own secret or a refresh token
// are kept for whoever shows the same again, in memory that workers share: sealed, under a
// name that nobody can make who has not the session secret, until shortly before they end.
// A refusal is kept too, for a shorter time.

// mostGrants is how many requests of a worker may ask for tokens at the same time.
const mostGrants = 256

// byCredentials lets in who shows something that the provider gives tokens for.
func (i *instance) byCredentials(x *plugin.Context, list []credential) plugin.Result {
	m := i.provider.known()
	if m == nil {
		return x.Answer(503, "The identity provider is not available")
	}
	for _, c := range list {
		t, err := i.obtain(m, c)
		switch {
		case err == nil:
			if res := i.settle(x, t.claims(), c.name); res != plugin.Next {
				return res
			}
			i.pass(x, t)
			return plugin.Next
		case errors.Is(err, errUnfit):
			i.failed("tokens are not used", err)
		case !refuses(err) && !(c.grant == "client_credentials" && unknownClient(err)):
			i.failed("tokens are not to be had", err)
			return x.Answer(503, "The identity provider is not available")
		}
	}
	return i.unauthorized(x, "invalid_token")
}

// obtain has the tokens of a credential.
func (i *instance) obtain(m *metadata, c credential) (*tokens, error) {
	get := func() (*tokens, error) {
		release, err := i.asking()
		if err != nil {
			return nil, err
		}
		defer release()
		return i.exchange(m, c)
	}
	if !i.CacheTokens {
		return get()
	}
	name := i.sealer.Name(i.mark, c.grant, c.name, c.secret)
	return i.once(hold{
		key:   "openid-connect:" + i.id + ":" + hex.EncodeToString(name[:]),
		bell:  binary.LittleEndian.Uint64(name[:]),
		keep:  i.kept,
		deny:  seconds(i.Deny),
		final: func(err error) bool { return refuses(err) || c.grant == "client_credentials" && unknownClient(err) },
	}, get)
}

// kept is how long tokens are given to who shows the same again.
func (i *instance) kept(t *tokens) time.Duration {
	if t.Expires == 0 {
		return seconds(i.TTL)
	}
	left := time.Duration(float64(t.Expires-event.Now().Unix())-t.early(i.Leeway)) * time.Second
	if i.TTL > 0 {
		left = min(left, seconds(i.TTL))
	}
	return left
}

// exchange asks the provider.
func (i *instance) exchange(m *metadata, c credential) (*tokens, error) {
	form := url.Values{"grant_type": {c.grant}}
	for k, name := range i.PostNames {
		form.Set(name, i.PostValues[k])
	}
	q := grant{form: form, client: first(i.ClientID)}
	scope := strings.Join(i.Scopes, " ")
	switch c.grant {
	case "password":
		form.Set("username", c.name)
		form.Set("password", c.secret)
	case "client_credentials":
		q.client, q.machine = c.name, true
		q.prove = func(url.Values) ([]http1.Header, error) {
			if first(i.ClientAuth) == "client_secret_post" {
				form.Set("client_id", c.name)
				form.Set("client_secret", c.secret)
				return nil, nil
			}
			return basicAuth(c.name, c.secret), nil
		}
	case "refresh_token":
		form.Set("refresh_token", c.secret)
		scope = "" // that of before
	}
	if scope != "" {
		form.Set("scope", scope)
	}
	t, err := i.grant(m, q)
	if err == nil && c.name != "" {
		t.Who, t.Machine = c.name, q.machine
	}
	return t, err
}

// refuses tells whether an error is the provider's last word on what was shown, and not on
// us or on this moment.
func refuses(err error) bool {
	var d *oauth.Denied
	return errors.Is(err, errUnfit) || errors.As(err, &d) && d.Status != 408 && d.Status != 429 && d.Code != "invalid_client"
}

func unknownClient(err error) bool {
	var d *oauth.Denied
	return errors.As(err, &d) && d.Code == "invalid_client"
}
