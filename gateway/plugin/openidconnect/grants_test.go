package openidconnect_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"moongate/gateway/plugin/plugintest"
	"moongate/test/idp"
)

func basic(name, secret string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+secret))
}

const asks = "/oauth/token"

// Who shows a name and a password gets in by the tokens that the provider gives for them.
func TestPassword(t *testing.T) {
	w := newWorld(t, "")
	for _, c := range []struct{ name, config, uri, header, want string }{
		{"good", "", "/", basic(idp.User, idp.Password), "credential=" + idp.Subject},
		{"query", "", "/?username=" + idp.User + "&password=" + idp.Password, "", "credential=" + idp.Subject},
		{"not there", `,"password_param_type":["query"]`, "/", basic(idp.User, idp.Password), "401 "},
		{"wrong", "", "/", basic(idp.User, "x"), "401 invalid_token"},
		{"nobody", "", "/", basic("x", idp.Password), "401 invalid_token"},
		{"no password", "", "/", basic(idp.User, ""), "401 "},
		{"no Basic", "", "/", "Authorization: Basic !", "401 "},
		{"scope", `,"scopes_required":["profile"]`, "/", basic(idp.User, idp.Password), "credential=" + idp.Subject},
		{"another scope", `,"scopes_required":["admin"]`, "/", basic(idp.User, idp.Password), "403 insufficient_scope"},
		{"forbidden claim", `,"claims_forbidden":["x","client_id"]`, "/", basic(idp.User, idp.Password), "403 insufficient_scope"},
		{"no forbidden claim", `,"claims_forbidden":["x"]`, "/", basic(idp.User, idp.Password), "credential=" + idp.Subject},
		{"our secret is wrong", `,"client_secret":["x"]`, "/", basic(idp.User, idp.Password), "503 "},
		{"anonymous", `,"anonymous":"guest"`, "/", basic(idp.User, "x"), "anonymous=true consumer=guest"},
		{"off", `,"auth_methods":["client_credentials"]`, "/", basic(idp.User, idp.Password), "401 invalid_token"},
	} {
		w.serveOnce(`,"auth_methods":["password"]` + c.config)
		var headers []string
		if c.header != "" {
			headers = []string{c.header}
		}
		if got := short(w.g.Get(c.uri, headers...)); got != c.want {
			t.Errorf("%s: %q, want %q\n%s", c.name, got, c.want, w.g.Log())
		}
		if log := w.g.Log(); strings.Contains(log, idp.Password) || strings.Contains(log, base64.StdEncoding.EncodeToString([]byte(idp.Password))) {
			t.Errorf("%s: the password is in the log: %s", c.name, log)
		}
	}
}

// short is what an answer says, of a refusal its status and error.
func short(answer string) string {
	got := plugintest.Said(answer)
	if _, challenge, ok := strings.Cut(got, `error="`); ok {
		code, _, _ := strings.Cut(challenge, `"`)
		return got[:4] + code
	}
	if strings.HasPrefix(got, "401 ") || strings.HasPrefix(got, "503 ") {
		return got[:4]
	}
	return got
}

// The service gets the token in place of the password.
func TestPasswordIsHidden(t *testing.T) {
	const config = `,"auth_methods":["password"],"downstream_access_token_header":"X-Token","upstream_id_token_header":"X-Id"`
	w := newWorld(t, config)
	got := w.g.Get("/?a=b", basic(idp.User, idp.Password), "X-Id: x")
	if up := plugintest.Sent(got, "Authorization"); !strings.HasPrefix(up, "GET /?a=b|authorization: Bearer ey") {
		t.Errorf("%q", up)
	}
	if !strings.Contains(got, "X-Token: ey") || strings.Contains(got, "X-Id: x") || !strings.Contains(got, "X-Id: ey") {
		t.Errorf("%q", got)
	}
	got = w.g.Get("/?a=b&password=" + idp.Password + "&c=d&username=" + idp.User)
	if up := plugintest.Sent(got); up != "GET /?a=b&c=d" {
		t.Errorf("%q", up)
	}
}

// What was had for a credential is for all who show the same, and for nobody else.
func TestTokensAreShared(t *testing.T) {
	w := newWorld(t, `,"auth_methods":["password","client_credentials"]`)
	good := basic(idp.User, idp.Password)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := short(w.g.Get("/", good)); got != "credential="+idp.Subject {
				t.Errorf("%q", got)
			}
		})
	}
	all.Wait()
	if n := w.Asked(asks); n != 1 {
		t.Errorf("asked %d times", n)
	}
	// Both grants are refused, and that is remembered too.
	for range 3 {
		if got := short(w.g.Get("/", basic(idp.User, idp.Password+"x"))); got != "401 invalid_token" {
			t.Errorf("%q", got)
		}
	}
	if n := w.Asked(asks); n != 3 {
		t.Errorf("asked %d times, with a wrong password", n)
	}
	// The same parts, parted at another place, are another credential.
	if got := short(w.g.Get("/", basic(idp.User+":"+idp.Password[:1], idp.Password[1:]))); got != "401 invalid_token" {
		t.Errorf("%q", got)
	}
	w.serve(`,"auth_methods":["password"],"cache_tokens":false`)
	asked := w.Asked(asks)
	for range 2 {
		w.g.Get("/", good)
	}
	if n := w.Asked(asks); n != asked+2 {
		t.Errorf("asked %d times where nothing is kept", n-asked)
	}
	// A configuration that asks for something else knows nothing of it.
	w.serve(`,"auth_methods":["password"],"token_post_args_names":["scope"],"token_post_args_values":["x"]`)
	w.g.Get("/", good)
	if n := w.Asked(asks); n != asked+3 {
		t.Errorf("asked %d times by another configuration", n-asked)
	}
}

// While the provider has a bad moment nobody is refused for good.
func TestPasswordAway(t *testing.T) {
	w := newWorld(t, `,"auth_methods":["password"],"cache_ttl_neg":60`)
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{{500, "", "503 "}, {429, `{"error":"slow_down"}`, "503 "}, {401, `{"error":"invalid_client"}`, "503 "}, {0, "", "credential=" + idp.Subject}} {
		w.Before(func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != asks || c.status == 0 {
				return false
			}
			rw.WriteHeader(c.status)
			rw.Write([]byte(c.body))
			return true
		})
		if got := short(w.g.Get("/", basic(idp.User, idp.Password))); got != c.want {
			t.Errorf("%d: %q, want %q", c.status, got, c.want)
		}
	}
}

// A client shows its own secret, which is not ours.
func TestClientCredentials(t *testing.T) {
	w := newWorld(t, `,"auth_methods":["client_credentials"],"scopes":["openid"],"upstream_headers_claims":["client_id"],"upstream_headers_names":["X-Client"]`)
	got := w.g.Get("/", basic("sid1", "verysecret"), "X-Client: root")
	if short(got) != "credential=sid1" || !strings.Contains(got, "X-Client: sid1") {
		t.Fatalf("%q\n%s", got, w.g.Log())
	}
	for _, c := range []string{basic("sid1", "x"), basic("web", idp.Secret), basic("sid1:", "verysecret")} {
		if got := short(w.g.Get("/", c)); got != "401 invalid_token" {
			t.Errorf("%s: %q\n%s", c, got, w.g.Log())
		}
	}
	if got := short(w.g.Get("/?client_id=sid1&client_secret=verysecret")); got != "credential=sid1" {
		t.Errorf("%q", got)
	}
}

// A refresh token is changed for tokens, once.
func TestRefreshToken(t *testing.T) {
	w := newWorld(t, "")
	w.serve(usual + `,"login_action":"response","login_tokens":["refresh_token"]`)
	p := w.loggedIn(w.browser())
	_, token, _ := strings.Cut(p.body, `"refresh_token":"`)
	token, _, _ = strings.Cut(token, `"`)
	w.serve(`,"auth_methods":["refresh_token"],"downstream_refresh_token_header":"X-Next"`)
	asked := w.Asked(asks)
	next := ""
	for range 2 {
		got := w.g.Get("/", "Refresh-Token: "+token)
		if short(got) != "credential="+idp.Subject || strings.Contains(got, "Refresh-Token: ") {
			t.Fatalf("%q\n%s", got, w.g.Log())
		}
		_, next, _ = strings.Cut(got, "X-Next: ")
		next, _, _ = strings.Cut(next, "\r\n")
	}
	if n := w.Asked(asks); n != asked+1 || next == "" || next == token {
		t.Errorf("asked %d times, the next one is %q", n-asked, next)
	}
	if got := short(w.g.Get("/?refresh_token=" + url.QueryEscape(next))); got != "credential="+idp.Subject {
		t.Errorf("the next one: %q", got)
	}
	if got := short(w.g.Get("/", "X-Refresh-Token: x")); got != "401 invalid_token" {
		t.Errorf("made up: %q", got)
	}
}

// The user info says whether a token is good.
func TestUserInfo(t *testing.T) {
	w := newWorld(t, "")
	token := w.opaque()
	const path = "/userinfo"
	w.serve(`,"auth_methods":["userinfo"],"upstream_headers_claims":["preferred_username"],"upstream_headers_names":["X-User"]`)
	for range 3 {
		got := w.g.Get("/", "Authorization: Bearer "+token)
		if short(got) != "credential="+idp.Subject || !strings.Contains(got, "X-User: "+idp.User) {
			t.Fatalf("%q\n%s", got, w.g.Log())
		}
		if got := short(w.g.Get("/", "Authorization: Bearer x")); got != "401 invalid_token" {
			t.Errorf("%q", got)
		}
	}
	if n := w.Asked(path); n != 2 {
		t.Errorf("asked %d times", n)
	}
	w.serve(`,"auth_methods":["userinfo"],"cache_user_info":false`)
	for range 2 {
		w.g.Get("/", "Authorization: Bearer "+token)
	}
	if n := w.Asked(path); n != 4 {
		t.Errorf("asked %d times", n)
	}
	w.Before(func(rw http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == path {
			rw.WriteHeader(502)
		}
		return r.URL.Path == path
	})
	if got := short(w.g.Get("/", "Authorization: Bearer "+token)); got != "503 " {
		t.Errorf("away: %q", got)
	}
}
