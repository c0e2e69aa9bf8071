package openidconnect

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/jose"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// A provider where somebody has logged out says so (OpenID Connect Back-Channel Logout 1.0):
// it posts a token that names the session there (sid), or the person (sub). Sessions of ours
// that began with one of them end. They lie in Redis, where they can be found.

const (
	loggedOut = "http://schemas.openid.net/event/backchannel-logout"
	// told is for how long a logout token counts, whatever it says itself.
	told = 10 * time.Minute
)

// announces tells whether a request is the provider's.
func (i *instance) announces(x *plugin.Context) bool {
	if i.BackChannel == "" || x.R.MethodName != "POST" {
		return false
	}
	path, _, _ := strings.Cut(x.R.UnparsedURI, "?")
	return path == i.BackChannel
}

// announced ends what the provider has ended.
func (i *instance) announced(x *plugin.Context) plugin.Result {
	x.R.Out.Add("Cache-Control", "no-store")
	f, res := x.Fields()
	if res != plugin.Next {
		return res
	}
	m := i.provider.known()
	if m == nil {
		return x.Answer(503, "The identity provider is not available")
	}
	t, err := i.logoutToken(m, f.Find("logout_token").Value)
	if err != nil {
		x.R.Logf(errlog.Info, "gateway: openid-connect: a logout token is not good: %v", err)
		return x.AnswerWith(400, "application/json", `{"error":"invalid_request"}`)
	}
	for _, claim := range []string{"sid", "sub"} {
		id, _ := t.Claims[claim].(string)
		if id == "" {
			continue
		}
		if err := i.store.EndTagged(claim, id); err != nil {
			i.failed("sessions are not ended", err)
			return x.Answer(503, "The sessions could not be ended")
		}
		break // of a person only the session that is named ends
	}
	return x.AnswerEmpty(200)
}

// logoutToken judges a token (2.6). One counts once.
func (i *instance) logoutToken(m *metadata, text string) (*jose.Token, error) {
	t, err := jose.Parse(text)
	if err != nil {
		return nil, err
	}
	keys, _ := i.provider.keys.Find(t)
	at := float64(event.Now().Unix())
	events, _ := t.Claims["events"].(map[string]any)
	_, said := events[loggedOut].(map[string]any)
	_, nonce := t.Claims["nonce"]
	iat, timed := t.Claims["iat"].(float64)
	jti, _ := t.Claims["jti"].(string)
	sid, _ := t.Claims["sid"].(string)
	sub, _ := t.Claims["sub"].(string)
	switch {
	case !slices.ContainsFunc(keys, t.SignedBy):
		return nil, errors.New("nobody known has signed it")
	case !i.issued(m, t.Claims["iss"]):
		return nil, errors.New("its issuer is another one")
	case !slices.Contains(t.List("aud"), first(i.ClientID)):
		return nil, errors.New("it is for somebody else")
	case !said || nonce:
		return nil, errors.New("it does not say that somebody has logged out")
	case !timed || iat > at+max(i.Leeway, skew) || iat < at-told.Seconds()-i.Leeway:
		return nil, errors.New("it is of another time")
	case t.Claims["exp"] != nil && t.Times([]string{"exp"}, at, i.Leeway) != nil:
		return nil, errors.New("it has ended")
	case jti == "" || sid == "" && sub == "":
		return nil, errors.New("it names nobody")
	}
	name := i.sealer.Name("logout", jti)
	_, err = i.env.Cache.Add("openid-connect:"+i.id+":"+hex.EncodeToString(name[:16]), zone.Value{Type: zone.String, Str: []byte{1}}, (2 * told).Milliseconds(), now())
	if errors.Is(err, zone.ErrExists) {
		return nil, errors.New("it was shown before")
	}
	return t, err
}

// tag lets a session be found by what the provider may say of it.
func (i *instance) tag(ss *sessions.Session, t *tokens) error {
	if i.BackChannel == "" {
		return nil
	}
	id, err := jose.Parse(t.ID)
	if err != nil {
		return err
	}
	for _, claim := range []string{"sid", "sub"} {
		if v, _ := id.Claims[claim].(string); v != "" {
			if err := i.store.Tag(ss, claim, v); err != nil {
				return err
			}
		}
	}
	return nil
}
