package openidconnect_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
	"moongate/test/idp"
)

// Programs show tokens: JWTs are judged here, others by the provider.
func TestBearer(t *testing.T) {
	w := newWorld(t, "")
	now := time.Now().Unix()
	sign := func(c map[string]any) string {
		all := map[string]any{"iss": w.Issuer, "sub": "s", "exp": now + 100, "aud": []string{"api"}, "scope": "read write", "name": "alice", "deep": map[string]any{"groups": []string{"dev", "ops"}}}
		for k, v := range c {
			if all[k] = v; v == nil {
				delete(all, k)
			}
		}
		return w.Sign(nil, all)
	}
	good := sign(nil)
	const not = "401 invalid_token"
	for _, c := range []struct{ name, config, uri, header, want string }{
		{"good", "", "/", "Bearer " + good, "credential=s"},
		{"any case", "", "/", "bearer  " + good, "credential=s"},
		{"query", "", "/?access_token=" + good, "", "credential=s"},
		{"not in the query", `,"bearer_token_param_type":["header"],"auth_methods":["bearer"]`, "/?access_token=" + good, "", "401 "},
		{"expired", "", "/", "Bearer " + sign(map[string]any{"exp": now - 5}), not},
		{"within the leeway", `,"leeway":60`, "/", "Bearer " + sign(map[string]any{"exp": now - 5, "nbf": now + 5}), "credential=s"},
		{"for ever", "", "/", "Bearer " + sign(map[string]any{"exp": nil}), not},
		{"early", "", "/", "Bearer " + sign(map[string]any{"nbf": now + 60}), not},
		{"another issuer", "", "/", "Bearer " + sign(map[string]any{"iss": "https://x"}), not},
		{"allowed", `,"issuers_allowed":["https://x"]`, "/", "Bearer " + sign(map[string]any{"iss": "https://x"}), "credential=s"},
		{"not allowed", `,"issuers_allowed":["https://x"]`, "/", "Bearer " + good, not},
		{"touched", "", "/", "Bearer " + good[:len(good)-8] + "AAAAAAAA", not},
		{"no signature", "", "/", "Bearer " + good[:strings.LastIndex(good, ".")+1], not},
		{"alg none", "", "/", "Bearer " + b64(map[string]any{"alg": "none"}) + "." + strings.Split(good, ".")[1] + ".", not},
		{"typed", "", "/", "Bearer " + w.Sign(map[string]any{"typ": "application/at+jwt"}, map[string]any{"iss": w.Issuer, "sub": "s", "exp": now + 100}), "credential=s"},
		{"a logout token", "", "/", "Bearer " + w.Sign(map[string]any{"typ": "logout+jwt"}, map[string]any{"iss": w.Issuer, "sub": "s", "exp": now + 100}), not},
		{"a logout token without a type", "", "/", "Bearer " + sign(map[string]any{"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}), not},
		{"audience", `,"audience_required":["api"]`, "/", "Bearer " + good, "credential=s"},
		{"another audience", `,"audience_required":["apis"]`, "/", "Bearer " + good, "403 insufficient_scope"},
		{"scope", `,"scopes_required":["write read"]`, "/", "Bearer " + good, "credential=s"},
		{"another scope", `,"scopes_required":["write all"]`, "/", "Bearer " + good, "403 insufficient_scope"},
		{"groups", `,"groups_required":["x","ops"],"groups_claim":["deep","groups"]`, "/", "Bearer " + good, "credential=s"},
		{"consumer", `,"consumer_claim":["name"]`, "/", "Bearer " + good, "consumer=alice credential=s custom=c-alice"},
		{"no consumer", `,"consumer_claim":["sub"]`, "/", "Bearer " + good, "403 insufficient_scope"},
		{"credential", `,"credential_claim":["name"]`, "/", "Bearer " + good, "credential=alice"},
		{"anonymous", `,"anonymous":"guest"`, "/", "Bearer x.y.z", "anonymous=true consumer=guest"},
		{"not anonymous", `,"anonymous":"guest"`, "/", "Bearer " + good, "credential=s"},
		{"nobody, anonymous", `,"anonymous":"guest"`, "/", "", "anonymous=true consumer=guest"},
		{"no bearer", `,"auth_methods":["session"]`, "/", "Bearer " + good, "401 "},
	} {
		w.serveOnce(c.config)
		var headers []string
		if c.header != "" {
			headers = []string{"Authorization: " + c.header}
		}
		got := plugintest.Said(w.g.Get(c.uri, headers...))
		if _, challenge, ok := strings.Cut(got, `error="`); ok {
			code, _, _ := strings.Cut(challenge, `"`)
			got = got[:4] + code
		} else if strings.HasPrefix(got, "401 ") || strings.HasPrefix(got, "503 ") {
			got = got[:4]
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q\n%s", c.name, got, c.want, w.g.Log())
		}
	}
}

// Groups are for acl, claims for headers; nobody else can set them.
func TestBearerHeaders(t *testing.T) {
	w := newWorld(t, `,"authenticated_groups_claim":["deep","groups"],"upstream_headers_claims":["name","none"],"upstream_headers_names":["X-Name","X-None"],"upstream_access_token_header":"x-token","hide_credentials":true`,
		plugintest.Another("acl", `{"allow":["ops"]}`))
	token := w.Sign(nil, map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100, "name": "a\r\nb", "deep": map[string]any{"groups": []string{"dev", "ops"}}})
	got := w.g.Get("/", "Authorization: Bearer "+token, "X-Name: root", "X-None: root", "x-token: y")
	if sent := plugintest.Sent(got, "Authorization", "X-Name", "X-None", "X-Token", "X-Authenticated-Groups"); sent != "GET /|X-Name: ab|x-token: "+token+"|X-Authenticated-Groups: dev, ops" {
		t.Errorf("%q", sent)
	}
	token = w.Sign(nil, map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100})
	if got := plugintest.Said(w.g.Get("/", "Authorization: Bearer "+token)); !strings.HasPrefix(got, "403 ") {
		t.Errorf("in no group: %q", got)
	}
}

// A token in a cookie is hidden as any other one, and nothing beside it.
func TestBearerCookie(t *testing.T) {
	w := newWorld(t, `,"bearer_token_param_type":["cookie"],"bearer_token_cookie_name":"tok","upstream_access_token_header":"x-token"`)
	token := w.Sign(nil, map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100})
	got := w.g.Get("/", "Cookie: a=b; tok="+token+"; tok2=c")
	if sent := plugintest.Sent(got, "Cookie", "X-Token"); sent != "GET /|Cookie: a=b; tok2=c|x-token: "+token {
		t.Errorf("%q", sent)
	}
}

// opaque is an access token that only the provider understands, got as its client does.
func (w *world) opaque() string {
	w.t.Helper()
	w.serve(usual + `,"login_action":"response","login_tokens":["access_token"]`)
	p := w.loggedIn(w.browser())
	_, token, _ := strings.Cut(p.body, `"access_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	if p.status != 200 || token == "" || strings.Count(token, ".") == 2 {
		w.t.Fatalf("%v", p)
	}
	return token
}

func TestIntrospection(t *testing.T) {
	w := newWorld(t, "")
	token := w.opaque()
	w.serve(`,"consumer_claim":["username"],"consumer_optional":true,"scopes_required":["openid"]`)
	const path = "/oauth/introspect"
	for range 3 {
		if got := plugintest.Said(w.g.Get("/", "Authorization: Bearer "+token)); got != "credential="+idp.Subject {
			t.Fatalf("%q\n%s", got, w.g.Log())
		}
		if got := plugintest.Said(w.g.Get("/", "Authorization: Bearer x")); !strings.Contains(got, "invalid_token") {
			t.Errorf("%q", got)
		}
	}
	if n := w.Asked(path); n != 2 {
		t.Errorf("asked %d times", n)
	}
	w.serve(`,"auth_methods":["bearer"]`)
	if got := plugintest.Said(w.g.Get("/", "Authorization: Bearer "+token)); !strings.Contains(got, "invalid_token") {
		t.Errorf("without introspection: %q", got)
	}
	// A JWT may be asked about too, for the provider may have taken it back.
	jwt := w.Sign(nil, map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100})
	w.serve(`,"introspect_jwt_tokens":true`)
	if got := plugintest.Said(w.g.Get("/", "Authorization: Bearer "+jwt)); !strings.Contains(got, "invalid_token") || w.Asked(path) != 3 {
		t.Errorf("%q, asked %d times", got, w.Asked(path))
	}
	w.serve("")
	w.Before(func(rw http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == path {
			rw.WriteHeader(502)
		}
		return r.URL.Path == path
	})
	if got := plugintest.Said(w.g.Get("/", "Authorization: Bearer "+token)); !strings.HasPrefix(got, "503 ") {
		t.Errorf("%q", got)
	}
}

// A client whose access tokens are JWTs: their claims count in sessions.
func TestJWTSession(t *testing.T) {
	w := newWorld(t, usual)
	w.serve(usual + `,"client_id":["jwt"],"client_auth":["client_secret_post"],"audience_required":["jwt"],"logout_revoke":true`)
	b := w.browser()
	p := w.loggedIn(b)
	if p.status != 200 || strings.Count(p.sent("Authorization"), ".") != 2 {
		t.Fatalf("%v\n%s", p, w.g.Log())
	}
	b.get("/?out")
	if n := w.Asked("/revoke"); n != 2 {
		t.Errorf("%d tokens were revoked", n)
	}
	u, _ := url.Parse(gateway)
	for _, c := range b.Jar.Cookies(u) {
		if strings.HasPrefix(c.Name, "session") {
			t.Errorf("a cookie stays: %v", c)
		}
	}
}
