package openidconnect

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/jose"
)

// lasts is for how many seconds a token counts by which we prove who we are.
const lasts = 60

// prove adds who we are to a question (RFC 6749, 2.3.1; OpenID Connect Core 1.0, 9).
func (i *instance) prove(m *metadata, form url.Values) ([]http1.Header, error) {
	id, secret := first(i.ClientID), first(i.ClientSecret)
	switch how := first(i.ClientAuth); {
	case i.signer != nil:
		text, err := i.signer.Sign(nil, i.assertion(m, id))
		if err != nil {
			return nil, err
		}
		form.Set("client_id", id)
		form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		form.Set("client_assertion", text)
	case how == "client_secret_post":
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	case how == "none" || secret == "":
		form.Set("client_id", id)
	default:
		return basicAuth(id, secret), nil
	}
	return nil, nil
}

func basicAuth(id, secret string) []http1.Header {
	pair := url.QueryEscape(id) + ":" + url.QueryEscape(secret)
	return []http1.Header{{Name: "Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}}
}

// assertion is what we sign of ourselves (RFC 7523, 3). It is for the provider, by the name
// that it is known by: a token endpoint may be named by somebody else, who would then have
// tokens for it (CVE-2025-27370).
func (i *instance) assertion(m *metadata, id string) map[string]any {
	aud := cmp.Or(m.Issuer, strings.TrimSuffix(i.Issuer, wellKnown))
	if i.ClientFor == "token_endpoint" {
		aud = cmp.Or(m.Token, aud)
	}
	now := event.Now().Unix()
	return map[string]any{"iss": id, "sub": id, "aud": aud, "jti": rand.Text(), "iat": now, "exp": now + lasts}
}

// newSigner is what we prove ourselves with by signing, nil for the other ways.
func (i *instance) newSigner() (*jose.Signer, error) {
	switch first(i.ClientAuth) {
	case "client_secret_jwt":
		return jose.SecretSigner(first(i.ClientSecret), first(i.ClientAlg))
	case "private_key_jwt":
		return jose.ReadSigner(i.ClientKey[0], first(i.ClientAlg))
	}
	return nil, nil
}

// checkProof judges what is signed with before it is needed.
func checkProof(doc map[string]any, list func(string) []any, bad func(name, text string)) {
	if len(list("client_auth")) == 0 {
		return
	}
	alg := ""
	if l := list("client_alg"); len(l) > 0 {
		alg, _ = l[0].(string)
	}
	switch list("client_auth")[0] {
	case "client_secret_jwt":
		if len(list("client_secret")) == 0 {
			bad("client_secret", "is required for client_auth client_secret_jwt")
		} else if _, err := jose.SecretSigner("x", alg); err != nil {
			bad("client_alg", err.Error())
		}
	case "private_key_jwt":
		if len(list("client_jwk")) == 0 {
			bad("client_jwk", "is required for client_auth private_key_jwt")
			return
		}
		b, err := json.Marshal(list("client_jwk")[0])
		if err == nil {
			_, err = jose.ReadSigner(b, alg)
		}
		if err != nil {
			bad("client_jwk/0", err.Error())
		}
	}
}
