package jwt

import (
	"encoding/json"
	"slices"
	"strings"

	"moongate/edge/sys/event"
	"moongate/gateway/entity"
	"moongate/gateway/jose"
	"moongate/gateway/plugin"
)

type instance struct {
	plugin.Gate
	Params            []string `json:"uri_param_names"`
	Cookies           []string `json:"cookie_names"`
	Headers           []string `json:"header_names"`
	KeyClaim          string   `json:"key_claim_name"`
	SecretIsBase64    bool     `json:"secret_is_base64"`
	Verify            []string `json:"claims_to_verify"`
	MaximumExpiration float64  `json:"maximum_expiration"`
	Realm             string   `json:"realm"`

	JWKSURI          string   `json:"jwks_uri"`
	JWKSRefresh      int      `json:"jwks_refresh"`
	Issuers          []string `json:"issuers"`
	Audiences        []string `json:"audiences"`
	ConsumerClaim    string   `json:"consumer_claim"`
	ConsumerOptional bool     `json:"consumer_optional"`
	GroupsClaim      string   `json:"groups_claim"`

	env                *plugin.Env
	challenge, invalid string
	parsed             keyCache
	published          *jose.Published // nil without jwks_uri
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result { return i.Gate.Access(x, i.env, i) }

func (i *instance) bad(message string) *plugin.Refusal {
	return plugin.Unauthorized(message, i.invalid)
}

// Authenticate implements plugin.Authenticator.
func (i *instance) Authenticate(x *plugin.Context) *plugin.Refusal {
	text, n := i.find(x)
	switch {
	case n == 0:
		return plugin.Unauthorized("Unauthorized", i.challenge)
	case n > 1:
		return i.bad("Multiple tokens provided")
	case text == "":
		return i.bad("Unrecognizable token")
	}
	t, err := jose.Parse(text)
	if err != nil {
		return i.bad("Bad token; " + err.Error())
	}
	name, given := t.Claims[i.KeyClaim]
	if !given {
		name, given = t.Header[i.KeyClaim]
	}
	key, isText := name.(string)
	if cred := i.env.Known().JWTSecret(key); cred != nil && key != "" {
		return i.credential(x, t, cred)
	}
	switch {
	case i.published != nil:
		return i.byIssuer(x, t)
	case !given:
		return i.bad("No mandatory '" + i.KeyClaim + "' in claims")
	case key == "" || !isText:
		return i.bad("Invalid '" + i.KeyClaim + "' in claims")
	}
	return i.bad("No credentials found for given '" + i.KeyClaim + "'")
}

// credential judges a token by a consumer's credential.
func (i *instance) credential(x *plugin.Context, t *jose.Token, cred *entity.JWTSecret) *plugin.Refusal {
	if t.Alg != cred.Algorithm {
		return i.bad("Invalid algorithm")
	}
	key := i.parsed.key(cred, i.SecretIsBase64)
	if key == nil {
		return i.bad("Invalid key/secret")
	}
	if !t.SignedBy(key) {
		return i.bad("Invalid signature")
	}
	now := float64(event.Now().Unix())
	errs := t.Times(i.Verify, now, 0)
	if errs == nil && i.MaximumExpiration > 0 {
		errs = t.Lifetime(i.MaximumExpiration, now)
	}
	if errs != nil {
		return i.wrong(errs)
	}
	var c *entity.Consumer
	if cred.Consumer != nil {
		c = i.env.Known().Consumer(cred.Consumer.ID)
	}
	if c == nil {
		return &plugin.Refusal{Status: 401, Message: "Could not find consumer for '" + i.KeyClaim + "=" + cred.Key + "'"}
	}
	x.Authenticate(c, cred.Key)
	x.Claims = t.Claims
	return nil
}

// wrong tells what is wrong with claims, by their names.
func (i *instance) wrong(errs map[string]string) *plugin.Refusal {
	body, err := json.Marshal(errs)
	if err != nil {
		return i.bad("Unauthorized") // strings can always be written
	}
	return &plugin.Refusal{Status: 401, Body: string(body), Challenge: i.invalid}
}

// find looks for tokens: n is how many different ones there are. A token is "" when it is
// an argument without a value.
func (i *instance) find(x *plugin.Context) (text string, n int) {
	add := func(s string) {
		if n == 0 || s != text {
			text, n = s, n+1
		}
	}
	for _, name := range i.Params {
		for rest := x.R.Args; rest != ""; {
			var pair string
			pair, rest, _ = strings.Cut(rest, "&")
			key, value, given := strings.Cut(pair, "=")
			if key == "" || plugin.Unescape(x.R, key) != name {
				continue
			}
			if value != "" || !given {
				add(plugin.Unescape(x.R, value))
			}
		}
	}
	for _, name := range i.Cookies {
		if v, _ := x.R.Cookie(name); v != "" {
			add(v)
		}
	}
	for _, name := range i.Headers {
		v, ok := x.R.In.Get(name)
		if !ok {
			continue
		}
		if v, ok = plugin.AfterScheme(v, "bearer"); ok && v != "" && (v[0] == ' ' || v[0] == '\t') {
			if v = strings.TrimLeft(v, " \t"); v != "" {
				add(v)
			}
		}
	}
	return text, n
}

// byIssuer judges a token by the keys that its issuer publishes.
func (i *instance) byIssuer(x *plugin.Context, t *jose.Token) *plugin.Refusal {
	keys, ok := i.published.Find(t)
	switch {
	case !ok:
		return &plugin.Refusal{Status: 503, Message: "The keys of the token's issuer are not available"}
	case len(keys) == 0:
		return i.bad("No key found for given 'kid'")
	}
	if !slices.ContainsFunc(keys, t.SignedBy) {
		return i.bad("Invalid signature")
	}
	now := float64(event.Now().Unix())
	verify := []string{"exp"} // such tokens always end
	if _, ok := t.Claims["nbf"]; ok || slices.Contains(i.Verify, "nbf") {
		verify = append(verify, "nbf")
	}
	errs := t.Times(verify, now, 0)
	if errs == nil && i.MaximumExpiration > 0 {
		errs = t.Lifetime(i.MaximumExpiration, now)
	}
	if errs == nil {
		errs = t.Meant(i.Issuers, i.Audiences)
	}
	if errs != nil {
		return i.wrong(errs)
	}
	name, _ := t.Claims[i.ConsumerClaim].(string)
	if name == "" {
		return i.bad("No mandatory '" + i.ConsumerClaim + "' in claims")
	}
	c := i.env.Known().ConsumerNamed(name)
	if c == nil && !i.ConsumerOptional {
		return i.bad("Could not find consumer for '" + i.ConsumerClaim + "=" + name + "'")
	}
	x.Authenticate(c, name)
	x.Claims = t.Claims
	if i.GroupsClaim != "" {
		x.Groups = t.List(i.GroupsClaim)
	}
	return nil
}
