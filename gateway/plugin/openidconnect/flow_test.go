package openidconnect_test

import (
	"net/url"
	"strings"
	"testing"

	"moongate/test/idp"
)

// Somebody comes, logs in, is known, and logs out.
func TestLogin(t *testing.T) {
	w := newWorld(t, usual+`,"upstream_headers_claims":["preferred_username","sub"],"upstream_headers_names":["X-User","X-Sub"],"downstream_headers_claims":["sub"],"downstream_headers_names":["X-You"]`)
	b := w.browser()
	p := b.get("/page?a=b&c=d%20e")
	if p.at.Path != "/login/username" {
		t.Fatalf("%v\n%s", p, w.g.Log())
	}
	to, err := url.Parse(b.trip[1])
	if err != nil {
		t.Fatal(err)
	}
	q := to.Query()
	for name, want := range map[string]string{"response_type": "code", "client_id": "web", "redirect_uri": gateway + "/back", "scope": "openid profile offline_access", "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if len(q.Get("state")) < 26 || len(q.Get("nonce")) < 26 || len(q.Get("code_challenge")) != 43 || q.Get("state") == q.Get("nonce") {
		t.Errorf("%v", q)
	}
	if b.cookies() != "authorization" {
		t.Errorf("cookies before the login: %q", b.cookies())
	}
	p = b.login(p)
	if p.status != 200 || p.at.String() != gateway+"/page?a=b&c=d%20e" || p.line() != "GET /page?a=b&c=d%20e" {
		t.Fatalf("%v\n%s", p, w.g.Log())
	}
	for _, again := range []bool{false, true} {
		if again {
			p = b.get("/other", "X-User: root", "X-Sub: root")
		}
		if p.sent("X-User") != idp.User || p.sent("X-Sub") != idp.Subject || p.sent("X-Credential-Identifier") != idp.Subject || p.header.Get("X-You") != idp.Subject {
			t.Errorf("%v: %v", again, p)
		}
		if access := p.sent("Authorization"); !strings.HasPrefix(access, "Bearer ") || p.sent("Cookie") != "" {
			t.Errorf("%v: the service gets %q, and cookies %q", again, access, p.sent("Cookie"))
		}
	}
	if b.cookies() != "session" {
		t.Errorf("cookies after the login: %q", b.cookies())
	}
	if n := w.Asked("/keys"); n != 1 || w.Asked("/oauth/token") != 1 {
		t.Errorf("keys asked for %d times, tokens %d times", n, w.Asked("/oauth/token"))
	}
	b.get(gateway + "/x?out=1")
	if want := w.Issuer + "/end_session?client_id=web&id_token_hint="; len(b.trip) < 3 || !strings.HasPrefix(b.trip[1], want) || b.trip[2] != gateway+"/bye" {
		t.Errorf("the way out: %q", b.trip)
	}
	if b.cookies() != "authorization" { // of the login that /bye begins
		t.Errorf("cookies after the logout: %q", b.cookies())
	}
}

// Without an address for coming back each page is one, and the request goes on from there.
func TestUpstream(t *testing.T) {
	w := newWorld(t, "")
	b := w.browser()
	p := b.login(b.get("/page?a=b"))
	if p.status != 200 || p.line() != "GET /page" || p.sent("X-Credential-Identifier") != idp.Subject {
		t.Errorf("%v\n%s", p, w.g.Log())
	}
	w.serve(`,"preserve_query_args":true`)
	b = w.browser()
	if p = b.login(b.get("/page?a=b")); p.status != 200 || p.line() != "GET /page?a=b" {
		t.Errorf("%v", p)
	}
	w.serve(`,"login_action":"response","login_tokens":["tokens"]`)
	b = w.browser()
	if p = b.login(b.get("/page")); p.status != 200 || !strings.Contains(p.body, `"refresh_token":"`) || !strings.Contains(p.body, `"id_token":"ey`) || p.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", p)
	}
	w.serve(`,"login_action":"redirect","login_redirect_uri":["` + gateway + `/home"]`)
	b = w.browser()
	if p = b.login(b.get("/page")); p.at.Path != "/home" || p.status != 200 {
		t.Errorf("%v", p)
	}
}

// Only people who go to a page are sent to a login.
func TestWhoLogsIn(t *testing.T) {
	w := newWorld(t, usual)
	b := w.stiff()
	for _, c := range []struct {
		headers []string
		status  int
	}{
		{nil, 302},
		{[]string{"Accept: text/html,*/*"}, 302},
		{[]string{"Sec-Fetch-Mode: navigate"}, 302},
		{[]string{"Sec-Fetch-Mode: cors"}, 401},
		{[]string{"X-Requested-With: XMLHttpRequest"}, 401},
		{[]string{"Accept: application/json"}, 401},
		{[]string{"Upgrade: websocket"}, 401},
		{[]string{"Authorization: Bearer x"}, 401},
	} {
		p := b.get("/", c.headers...)
		if p.status != c.status || (p.status == 401) != strings.HasPrefix(p.header.Get("WWW-Authenticate"), `Bearer realm="127.0.0.1:`) {
			t.Errorf("%q: %v, want %d", c.headers, p, c.status)
		}
	}
}

// What a session must have, and who it is.
func TestClaims(t *testing.T) {
	const user = `consumers {"username":"` + idp.User + `","custom_id":"x"}`
	w := newWorld(t, usual)
	for _, c := range []struct {
		config string
		status int
		who    string
	}{
		{`,"consumer_claim":["preferred_username"]`, 200, idp.User},
		{`,"consumer_claim":["preferred_username"],"consumer_by":["custom_id"]`, 403, ""},
		{`,"consumer_claim":["name"]`, 403, ""},
		{`,"consumer_claim":["name"],"consumer_optional":true`, 200, ""},
		{`,"consumer_claim":["none","of","these"]`, 403, ""},
		{`,"scopes_required":["openid"]`, 200, ""},
		{`,"scopes_required":["admin","openid profile"]`, 200, ""},
		{`,"scopes_required":["openid admin"]`, 403, ""},
		{`,"audience_required":["web"]`, 200, ""},
		{`,"audience_required":["other"]`, 403, ""},
		{`,"groups_required":["staff"]`, 403, ""},
		{`,"roles_required":["staff"],"roles_claim":["custom","role"]`, 403, ""},
		{`,"search_user_info":true,"consumer_claim":["preferred_username"]`, 200, idp.User},
		{`,"forbidden_redirect_uri":["` + gateway + `/no"],"scopes_required":["admin"]`, 302, ""},
		{`,"session_storage":"cookie","session_cookie_name":"s"`, 200, ""},
	} {
		w.serve(usual+c.config, user)
		if c.status == 302 {
			if p := w.backAt(w.stiff()); p.status != 302 || p.header.Get("Location") != gateway+"/no" {
				t.Errorf("%s: %v", c.config, p)
			}
			continue
		}
		b := w.browser()
		p := w.loggedIn(b)
		if p.status != c.status || p.sent("X-Consumer-Username") != c.who {
			t.Errorf("%s: %v, want %d %q\n%s", c.config, p, c.status, c.who, w.g.Log())
		}
		if c.status == 403 && strings.Contains(b.cookies(), "session") {
			t.Errorf("%s: who may not come in has cookies %q", c.config, b.cookies())
		}
	}
}
