package openidconnect_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	"moongate/gateway/jose"
	"moongate/gateway/plugin/plugintest"
)

// prover is a client with a key, and a token that is bound to it.
type prover struct {
	signer *jose.Signer
	public json.RawMessage
	jkt    string
	token  string
}

func (w *world) prover() *prover {
	w.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	public := gojose.JSONWebKey{Key: &key.PublicKey}
	b, _ := json.Marshal(gojose.JSONWebKey{Key: key})
	c := new(prover)
	if c.signer, err = jose.ReadSigner(b, ""); err != nil {
		w.t.Fatal(err)
	}
	c.public, _ = json.Marshal(public)
	thumb, _ := public.Thumbprint(5) // crypto.SHA256
	c.jkt = base64.RawURLEncoding.EncodeToString(thumb)
	c.token = w.bound("jkt", c.jkt)
	return c
}

// bound is a token that names a key, or none.
func (w *world) bound(method, key string) string {
	c := map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100}
	if key != "" {
		c["cnf"] = map[string]any{method: key}
	}
	return w.Sign(nil, c)
}

func hash64(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// proof makes one for GET http://h.test/a; with changes claims, or the header's members behind "-".
func (c *prover) proof(t *testing.T, with map[string]any) string {
	t.Helper()
	head := map[string]any{"typ": "dpop+jwt", "jwk": c.public}
	claims := map[string]any{"jti": rand.Text(), "htm": "GET", "htu": "http://h.test/a", "iat": time.Now().Unix(), "ath": hash64(c.token)}
	for name, v := range with {
		to := claims
		if n, ok := strings.CutPrefix(name, "-"); ok {
			to, name = head, n
		}
		if to[name] = v; v == nil {
			delete(to, name)
		}
	}
	text, err := c.signer.Sign(head, claims)
	if err != nil {
		t.Fatal(err)
	}
	return "DPoP: " + text
}

const dpop = `,"auth_methods":["bearer","introspection"],"proof_of_possession_dpop":`

// RFC 9449, 4.3: what a proof must be.
func TestDPoP(t *testing.T) {
	w := newWorld(t, dpop+`"strict","upstream_access_token_header":"authorization:bearer"`)
	c, other := w.prover(), w.prover()
	with := func(name string, v any) []string { return []string{c.proof(t, map[string]any{name: v})} }
	now := time.Now().Unix()
	const no, good = "401 invalid_dpop_proof", "credential=s"
	var private map[string]any
	json.Unmarshal(c.public, &private)
	private["d"] = "AAAA"
	shownTwice := c.proof(t, nil)
	for _, k := range []struct {
		name   string
		proofs []string
		want   string
	}{
		{"good", []string{c.proof(t, nil)}, good},
		{"none", nil, no},
		{"two", []string{c.proof(t, nil), c.proof(t, nil)}, no},
		{"no token", []string{"DPoP: x"}, no},
		{"alg none", []string{"DPoP: " + b64(map[string]any{"alg": "none", "typ": "dpop+jwt", "jwk": c.public}) + "." + b64(map[string]any{}) + "."}, no},
		{"type", with("-typ", "JWT"), no},
		{"no key", with("-jwk", nil), no},
		{"a private key", with("-jwk", private), no},
		{"another key", with("-jwk", other.public), no},
		{"of somebody else", []string{other.proof(t, map[string]any{"ath": hash64(c.token)})}, no},
		{"touched", []string{c.proof(t, nil) + "A"}, no},
		{"another method", with("htm", "POST"), no},
		{"the method in small letters", with("htm", "get"), no},
		{"another path", with("htu", "http://h.test/b"), no},
		{"a longer path", with("htu", "http://h.test/a/"), no},
		{"another host", with("htu", "http://y/a"), no},
		{"another port", with("htu", "http://h.test:81/a"), no},
		{"another scheme", with("htu", "ftp://h.test/a"), no},
		{"no address", with("htu", nil), no},
		{"with a query", with("htu", "HTTP://H.Test:80/%61?b=c#d"), good},
		{"TLS in front of us", with("htu", "https://h.test/a"), good},
		{"another token", with("ath", hash64(other.token)), no},
		{"no token's", with("ath", nil), no},
		{"no jti", with("jti", nil), no},
		{"old", with("iat", now-301), no},
		{"not so old", with("iat", now-200), good},
		{"early", with("iat", now+60), no},
		{"timeless", with("iat", nil), no},
		{"first", []string{shownTwice}, good},
		{"again", []string{shownTwice}, no},
	} {
		if got := short(w.g.Get("/a?q", append(k.proofs, "Authorization: DPoP "+c.token)...)); got != k.want {
			t.Errorf("%s: %q, want %q\n%s", k.name, got, k.want, w.g.Log())
		}
	}
	got := w.g.Get("/a", "Authorization: dpop "+c.token, c.proof(t, nil))
	if sent := plugintest.Sent(got, "Authorization", "DPoP"); sent != "GET /a|authorization: Bearer "+c.token {
		t.Errorf("the service gets %q", sent)
	}
	if got := w.g.Get("/a", "Authorization: DPoP "+c.token); !strings.Contains(got, `WWW-Authenticate: DPoP realm="127.0.0.1:`) || !strings.Contains(got, `algs="ES256 `) {
		t.Errorf("%q", got)
	}
}

// Who must have a proof.
func TestDPoPModes(t *testing.T) {
	w := newWorld(t, "")
	c := w.prover()
	free := w.bound("", "")
	const no, good = "401 invalid_token", "credential=s"
	for _, k := range []struct{ mode, scheme, token, want string }{
		{"off", "Bearer", free, good}, {"off", "Bearer", c.token, good},
		{"optional", "Bearer", free, good}, {"optional", "Bearer", c.token, no}, {"optional", "DPoP", c.token, good}, {"optional", "DPoP", free, no},
		{"strict", "Bearer", free, no}, {"strict", "Bearer", c.token, no}, {"strict", "DPoP", c.token, good}, {"strict", "DPoP", free, no},
	} {
		w.serve(dpop + `"` + k.mode + `"`)
		if got := short(w.g.Get("/a", "Authorization: "+k.scheme+" "+k.token, c.proof(t, nil))); got != k.want {
			t.Errorf("%+v: %q", k, got)
		}
	}
	// Who has no proof is nobody, and not he whose token it is.
	w.serve(dpop + `"strict","anonymous":"guest"`)
	if got := short(w.g.Get("/a", "Authorization: DPoP "+c.token)); got != "anonymous=true consumer=guest" {
		t.Errorf("%q", got)
	}
	if got := plugintest.Refused(plugintest.Plugin("openid-connect", `{"issuer":"https://id.test","auth_methods":["userinfo"],"proof_of_possession_dpop":"strict"}`)); !strings.Contains(got, "userinfo knows no proof_of_possession_dpop") {
		t.Errorf("%q", got)
	}
}

// A nonce is asked for, given, and good for a while.
func TestDPoPNonce(t *testing.T) {
	w := newWorld(t, dpop+`"strict","dpop_use_nonce":true`)
	c := w.prover()
	for _, bad := range []any{nil, "x"} {
		got := w.g.Get("/a", "Authorization: DPoP "+c.token, c.proof(t, map[string]any{"nonce": bad}))
		_, nonce, _ := strings.Cut(got, "DPoP-Nonce: ")
		nonce, _, _ = strings.Cut(nonce, "\r\n")
		if short(got) != "401 use_dpop_nonce" || nonce == "" {
			t.Fatalf("%v: %q", bad, got)
		}
		if got := short(w.g.Get("/a", "Authorization: DPoP "+c.token, c.proof(t, map[string]any{"nonce": nonce}))); got != "credential=s" {
			t.Errorf("%q", got)
		}
	}
}
