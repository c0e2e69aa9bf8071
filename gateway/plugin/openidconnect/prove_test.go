package openidconnect_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
	"moongate/test/idp"
)

// A client that proves itself with its key logs people in, asks about tokens and takes them
// back.
func TestPrivateKeyJWT(t *testing.T) {
	w := newWorld(t, "")
	w.serve(usual + `,"client_id":["key"],"client_auth":["private_key_jwt"],"client_jwk":[` + idp.ClientKey() + `],"logout_revoke":true`)
	seen := map[string]bool{} // no proof is shown twice
	w.Before(func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method == "POST" && r.ParseForm() == nil && r.PostForm.Has("client_id") {
			proof := r.PostForm.Get("client_assertion")
			if _, _, ok := r.BasicAuth(); ok || r.PostForm.Has("client_secret") || proof == "" || seen[proof] {
				t.Errorf("%s: %v", r.URL.Path, r.PostForm)
			}
			seen[proof] = true
		}
		return false
	})
	b := w.browser()
	p := w.loggedIn(b)
	if p.status != 200 || p.sent("X-Credential-Identifier") != idp.Subject {
		t.Fatalf("%v\n%s", p, w.g.Log())
	}
	token := strings.TrimPrefix(p.sent("Authorization"), "Bearer ")
	if got := short(w.g.Get("/", "Authorization: Bearer "+token)); got != "credential="+idp.Subject {
		t.Errorf("a token that is asked about: %q\n%s", got, w.g.Log())
	}
	b.get("/?out")
	if len(seen) != 4 || w.Asked("/revoke") != 2 {
		t.Errorf("%d proofs were shown, %d tokens revoked", len(seen), w.Asked("/revoke"))
	}
}

// With client_secret_jwt the secret signs, and goes nowhere.
func TestSecretJWT(t *testing.T) {
	for more, aud := range map[string]string{"": "", `,"client_jwt_audience":"token_endpoint"`: "/oauth/token"} {
		w := newWorld(t, usual+`,"client_auth":["client_secret_jwt"]`+more)
		proofs := 0
		w.Before(func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != asks || r.ParseForm() != nil {
				return false
			}
			proofs++
			f := r.PostForm
			signed, sig, _ := cutLast(f.Get("client_assertion"))
			h := hmac.New(sha256.New, []byte(idp.Secret))
			h.Write([]byte(signed))
			c := claimsOf(t, signed+".")
			exp, _ := c["exp"].(float64)
			if sig != base64.RawURLEncoding.EncodeToString(h.Sum(nil)) || c["iss"] != "web" || c["sub"] != "web" || c["aud"] != w.Issuer+aud || c["jti"] == "" ||
				exp < float64(time.Now().Unix()) || exp > float64(time.Now().Unix()+120) || strings.Contains(f.Encode(), "client_secret=") || r.Header.Get("Authorization") != "" ||
				f.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
				t.Errorf("%v: %v", f, c)
			}
			f.Del("client_assertion")
			f.Del("client_assertion_type")
			r.Form = f
			r.SetBasicAuth("web", idp.Secret)
			return false
		})
		if p := w.loggedIn(w.browser()); p.status != 200 || proofs != 1 {
			t.Errorf("%v, %d proofs\n%s", p, proofs, w.g.Log())
		}
	}
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndex(s, ".")
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// Browsers carry a reference to a request that the provider has.
func TestPushed(t *testing.T) {
	w := newWorld(t, usual+`,"require_pushed_authorization_requests":true,"audience":["api"]`)
	w.Edit(func(path string, answer map[string]any) {
		if path == "/.well-known/openid-configuration" {
			answer["pushed_authorization_request_endpoint"] = w.Issuer + "/par"
		}
	})
	b := w.browser()
	p := b.get("/page")
	to, err := url.Parse(b.trip[1])
	if err != nil {
		t.Fatal(err)
	}
	if q := to.Query(); len(q) != 2 || q.Get("client_id") != "web" || !strings.HasPrefix(q.Get("request_uri"), "urn:") {
		t.Errorf("%s", to)
	}
	if p = b.login(p); p.status != 200 || p.sent("X-Credential-Identifier") != idp.Subject {
		t.Errorf("%v\n%s", p, w.g.Log())
	}
	// As the provider says where nobody else does.
	for _, c := range []struct {
		config string
		wants  bool
		pushed bool
	}{{"", true, true}, {"", false, false}, {`,"require_pushed_authorization_requests":false`, true, false}} {
		w.Edit(func(path string, answer map[string]any) {
			if path == "/.well-known/openid-configuration" {
				answer["pushed_authorization_request_endpoint"], answer["require_pushed_authorization_requests"] = w.Issuer+"/par", c.wants
			}
		})
		w.serve(usual + c.config)
		if p := w.stiff().get("/page"); strings.Contains(p.header.Get("Location"), "request_uri=") != c.pushed {
			t.Errorf("%+v: %v", c, p)
		}
	}
	// Without a push there is no login.
	w.serve(usual + `,"require_pushed_authorization_requests":true,"client_secret":["x"]`)
	b = w.stiff()
	if p := b.get("/page"); p.status != 503 || b.cookies() != "" {
		t.Errorf("%v", p)
	}
	w.g.WantLog(`a login is not begun .*: the server answers 401 invalid_client`)
}

func TestProofRefused(t *testing.T) {
	const id = `"issuer":"https://id.test","client_id":["x"]`
	for config, want := range map[string]string{
		`"client_auth":["client_secret_jwt"]`:                                                             "client_secret: is required for client_auth client_secret_jwt",
		`"client_auth":["client_secret_jwt"],"client_secret":["x"],"client_alg":["RS256"]`:                "client_alg: the key is not for this algorithm: RS256",
		`"client_auth":["private_key_jwt"]`:                                                               "client_jwk: is required for client_auth private_key_jwt",
		`"client_auth":["private_key_jwt"],"client_jwk":[{"kty":"EC","crv":"P-256","x":"AA"}]`:            "is no private key that can be used",
		`"client_auth":["private_key_jwt"],"client_alg":["RS256"],"client_jwk":[` + idp.ClientKey() + `]`: "the key is not for this algorithm: RS256",
		`"client_auth":["private_key_jwt"],"client_jwk":[` + idp.ClientKey() + `]`:                        "",
	} {
		if got := plugintest.Refused(plugintest.Plugin("openid-connect", `{`+id+`,`+config+`}`)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
