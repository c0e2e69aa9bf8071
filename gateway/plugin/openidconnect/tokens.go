package openidconnect

import (
	"crypto"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/client"
	"moongate/gateway/jose"
	"moongate/gateway/oauth"
)

// tokens are what a session holds.
type tokens struct {
	Access  string          `json:"a"`
	ID      string          `json:"i,omitempty"`
	Refresh string          `json:"r,omitempty"`
	Scope   string          `json:"s,omitempty"`
	Issued  int64           `json:"t"`           // seconds since 1970
	Expires int64           `json:"e,omitempty"` // of the access token; 0: nobody knows
	Signed  bool            `json:"v,omitempty"` // the access token is signed by the provider
	User    json.RawMessage `json:"u,omitempty"` // the user info
	Who     string          `json:"w,omitempty"` // the name that was shown for them
	Machine bool            `json:"m,omitempty"` // it is a client's
}

// errUnfit is what is wrong with tokens of the provider's own token endpoint.
var errUnfit = errors.New("the ID token is not good")

func unfit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUnfit, fmt.Sprintf(format, args...))
}

// grant is what tokens are asked for by.
type grant struct {
	form    url.Values
	client  string                                        // for whom they are
	prove   func(form url.Values) ([]http1.Header, error) // how it says so; nil: as we do
	login   bool                                          // there must be an ID token, with nonce
	nonce   string
	machine bool    // they are of no person
	was     *tokens // those that are to be changed, or nil
}

// grant gets tokens.
func (i *instance) grant(m *metadata, q grant) (*tokens, error) {
	if m.Token == "" {
		return nil, errors.New("the provider has no token endpoint")
	}
	was := q.was
	if q.prove == nil {
		q.prove = func(form url.Values) ([]http1.Header, error) { return i.prove(m, form) }
	}
	header, err := q.prove(q.form)
	if err != nil {
		return nil, err
	}
	a, err := oauth.Post(i.client, m.Token, q.form, header)
	if err != nil {
		return nil, err
	}
	t := i.received(a)
	if t.Access == "" {
		return nil, errors.New("the provider has answered without an access token")
	}
	if was != nil {
		if t.Refresh == "" {
			t.Refresh = was.Refresh
		}
		if t.Scope == "" {
			t.Scope = was.Scope
		}
	}
	switch {
	case t.ID != "":
		err = i.identify(m, t, q)
	case was != nil:
		t.ID = was.ID
	case q.login:
		err = unfit("there is none")
	}
	if err != nil {
		return nil, err
	}
	t.Signed = i.signed(m, t.Access)
	if i.SearchUserInfo && !q.machine {
		if t.User, err = i.userInfo(m, t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// received is an answer of the token endpoint.
func (i *instance) received(a map[string]any) *tokens {
	text := func(name string) string { s, _ := a[name].(string); return s }
	now := event.Now().Unix()
	t := &tokens{Access: text("access_token"), ID: text("id_token"), Refresh: text("refresh_token"), Scope: text("scope"), Issued: now}
	if n, ok := a["expires_in"].(float64); ok && n > 0 && n < 1<<31 {
		t.Expires = now + int64(n)
	}
	return t
}

// identify judges an ID token (OpenID Connect Core 1.0, 3.1.3.7 and 12.2).
func (i *instance) identify(m *metadata, t *tokens, q grant) error {
	id, err := jose.Parse(t.ID)
	if err != nil {
		return unfit("%s", err)
	}
	keys, ok := i.provider.keys.Find(id)
	if !ok || !slices.ContainsFunc(keys, id.SignedBy) {
		return unfit("nobody known has signed it")
	}
	c := id.Claims
	me := q.client
	if !i.issued(m, c["iss"]) {
		return unfit("its issuer is %v", c["iss"])
	}
	if aud := id.List("aud"); !slices.Contains(aud, me) {
		return unfit("it is for %q", aud)
	}
	if azp, there := c["azp"]; there && azp != me {
		return unfit("it is for %v", azp)
	}
	now := float64(event.Now().Unix())
	if errs := id.Times([]string{"exp"}, now, i.Leeway); errs != nil {
		return unfit("exp %s", errs["exp"])
	}
	if sub, _ := c["sub"].(string); sub == "" {
		return unfit("it is of nobody")
	}
	if got, _ := c["nonce"].(string); q.login && subtle.ConstantTimeCompare([]byte(got), []byte(q.nonce)) != 1 {
		return unfit("its nonce is another one")
	}
	if q.was != nil {
		if old, err := jose.Parse(q.was.ID); err == nil && old.Claims["sub"] != c["sub"] {
			return unfit("it is of somebody else")
		}
	}
	if h, there := c["at_hash"].(string); there && h != half(id.Alg, t.Access) {
		return unfit("its at_hash is of another access token")
	}
	return nil
}

// half is at_hash: the left half of a digest (3.1.3.6).
func half(alg, token string) string {
	h := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[2:]]
	if h == 0 {
		h = crypto.SHA512 // of EdDSA
	}
	d := h.New()
	d.Write([]byte(token))
	sum := d.Sum(nil)
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// signed tells whether an access token is a JWT of the provider's, whose claims count.
func (i *instance) signed(m *metadata, access string) bool {
	t, err := jose.Parse(access)
	if err != nil || !i.issued(m, t.Claims["iss"]) {
		return false
	}
	keys, _ := i.provider.keys.Find(t)
	return slices.ContainsFunc(keys, t.SignedBy)
}

// userInfo asks for more claims (5.3), which must be of the same person.
func (i *instance) userInfo(m *metadata, t *tokens) (json.RawMessage, error) {
	body, err := i.askUserInfo(m, t.Access)
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil {
		return nil, fmt.Errorf("%s: %w", m.UserInfo, err)
	}
	if id, err := jose.Parse(t.ID); err == nil && id.Claims["sub"] != claims["sub"] {
		return nil, unfit("the user info is of somebody else")
	}
	return body, nil
}

// askUserInfo shows a token to the provider's endpoint; a refusal is an oauth.Denied.
func (i *instance) askUserInfo(m *metadata, access string) ([]byte, error) {
	if m.UserInfo == "" {
		return nil, errors.New("the provider has no userinfo endpoint")
	}
	a, err := i.client.Do(&client.Request{URL: m.UserInfo, Header: []http1.Header{{Name: "Authorization", Value: "Bearer " + access}, {Name: "Accept", Value: "application/json"}}})
	if err != nil {
		return nil, err
	}
	switch {
	case a.Status == 200:
		return a.Body, nil
	case a.Status/100 == 4:
		return nil, &oauth.Denied{Status: a.Status}
	}
	return nil, fmt.Errorf("%s answers %d", m.UserInfo, a.Status)
}

// due tells whether access tokens should be changed for new ones, ended that they must be.
func (t *tokens) due(now time.Time, leeway float64) (due, ended bool) {
	if t.Expires == 0 {
		return false, false
	}
	left := float64(t.Expires - now.Unix())
	return left <= t.early(leeway), left <= 0
}

// early is how many seconds before their end tokens are changed for new ones.
func (t *tokens) early(leeway float64) float64 {
	return min(float64(t.Expires-t.Issued)/10, 30) + leeway
}
