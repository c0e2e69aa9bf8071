package openidconnect_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/test/idp"
)

func b64(v any) string {
	b, ok := v.([]byte)
	if !ok {
		b, _ = json.Marshal(v)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	var c map[string]any
	if err != nil || json.Unmarshal(b, &c) != nil {
		t.Fatalf("%q is no token", token)
	}
	return c
}

// An ID token that is not the provider's, not for us, or not of this login begins nothing.
func TestForgedIDTokens(t *testing.T) {
	w := newWorld(t, usual)
	with := func(name string, v any) func(c map[string]any) string {
		return func(c map[string]any) string {
			if c[name] = v; v == nil {
				delete(c, name)
			}
			return w.Sign(nil, c)
		}
	}
	plain := func(head map[string]any, c map[string]any) string { return b64(head) + "." + b64(c) + "." }
	for _, c := range []struct {
		name  string
		forge func(c map[string]any) string
		log   string
	}{
		{"none", func(map[string]any) string { return "" }, "there is none"},
		{"no token", func(map[string]any) string { return "x.y" }, "invalid JSON"},
		{"alg none", func(c map[string]any) string { return plain(map[string]any{"alg": "none"}, c) }, "invalid alg"},
		{"alg None", func(c map[string]any) string { return plain(map[string]any{"alg": "None"}, c) }, "invalid alg"},
		{"no signature", func(c map[string]any) string { return plain(map[string]any{"alg": "RS256"}, c) }, "nobody known has signed it"},
		{"by our secret", func(c map[string]any) string {
			signed := strings.TrimSuffix(plain(map[string]any{"alg": "HS256"}, c), ".")
			h := hmac.New(sha256.New, []byte(idp.Secret))
			h.Write([]byte(signed))
			return signed + "." + b64(h.Sum(nil))
		}, "nobody known has signed it"},
		{"another alg", func(c map[string]any) string { return w.Sign(map[string]any{"alg": "RS384"}, c) }, "nobody known has signed it"},
		{"another kid", func(c map[string]any) string { return w.Sign(map[string]any{"kid": "x"}, c) }, "nobody known has signed it"},
		{"crit", func(c map[string]any) string { return w.Sign(map[string]any{"crit": []string{"exp"}}, c) }, "invalid crit"},
		{"nonce", with("nonce", "x"), "its nonce is another one"},
		{"no nonce", with("nonce", nil), "its nonce is another one"},
		{"nonce no text", with("nonce", 1), "its nonce is another one"},
		{"iss", with("iss", "https://evil.test"), "its issuer is https://evil.test"},
		{"no iss", with("iss", nil), "its issuer is <nil>"},
		{"aud", with("aud", []string{"jwt"}), `it is for \["jwt"\]`},
		{"no aud", with("aud", nil), `it is for \[\]`},
		{"azp", with("azp", "jwt"), "it is for jwt"},
		{"exp", with("exp", 1), "exp token expired"},
		{"no exp", with("exp", nil), "exp must be a number"},
		{"sub", with("sub", ""), "it is of nobody"},
		{"at_hash", with("at_hash", "x"), "its at_hash is of another access token"},
	} {
		w.serve(usual)
		w.Edit(func(path string, answer map[string]any) {
			if s, _ := answer["id_token"].(string); s != "" {
				answer["id_token"] = c.forge(claimsOf(t, s))
			}
		})
		b := w.browser()
		if p := w.loggedIn(b); p.status != 401 || b.cookies() != "" {
			t.Errorf("%s: %v, cookies %q", c.name, p, b.cookies())
		}
		w.g.WantLog(`a login ends \(0 more lines since the last one\): the ID token is not good: ` + c.log)
	}
	w.Edit(func(path string, answer map[string]any) {
		if s, _ := answer["id_token"].(string); s != "" {
			answer["id_token"] = w.Sign(nil, claimsOf(t, s))
		}
	})
	w.serve(usual)
	if p := w.loggedIn(w.browser()); p.status != 200 {
		t.Errorf("one that is as good as the provider's: %v", p)
	}
}

// A code that comes with a state that this browser has not, or no more, is not changed.
func TestState(t *testing.T) {
	w := newWorld(t, usual+`,"login_redirect_uri":["`+w404+`"]`)
	b := w.stiff()
	p := w.backAt(b)
	back := p.at.String()
	if p.status != 302 || p.header.Get("Location") != w404 {
		t.Fatalf("%v", p)
	}
	asked := w.Asked("/oauth/token")
	// Again: it is a request like any other for who has a session.
	if p = b.get(back); p.status != 200 || w.Asked("/oauth/token") != asked {
		t.Errorf("again: %v", p)
	}
	// Another browser, be it with a login of its own under way.
	other := w.stiff()
	for range 2 {
		if p = other.get(back); p.status != 302 || !strings.HasPrefix(p.header.Get("Location"), w.Issuer+"/auth?") || strings.Contains(other.cookies(), "session") {
			t.Errorf("another browser: %v", p)
		}
	}
	// A state of a login that has begun, at another page than the one for coming back.
	p = other.get("/page")
	to, _ := url.Parse(p.header.Get("Location"))
	if p = other.get("/other?code=x&state=" + to.Query().Get("state")); p.status != 302 || w.Asked("/oauth/token") != asked {
		t.Errorf("another page: %v", p)
	}
	// The provider says no.
	if p = other.get("/back?error=access_denied&state=" + to.Query().Get("state")); p.status != 401 || w.Asked("/oauth/token") != asked {
		t.Errorf("an error: %v", p)
	}
	w.g.WantLog(`the provider has refused a login: "access_denied"`)
	// A code that is not the provider's, then another provider's.
	p = other.get("/page")
	to, _ = url.Parse(p.header.Get("Location"))
	if p = other.get("/back?code=x&state=" + to.Query().Get("state")); p.status != 401 || w.Asked("/oauth/token") != asked+1 {
		t.Errorf("a made up code: %v", p)
	}
	p = other.get("/page")
	to, _ = url.Parse(p.header.Get("Location"))
	if p = other.get("/back?code=x&iss=https%3A%2F%2Fevil.test&state=" + to.Query().Get("state")); p.status != 401 || w.Asked("/oauth/token") != asked+1 {
		t.Errorf("another provider: %v", p)
	}
}

// A provider that says that it names itself in answers to logins (RFC 9207) always does.
func TestNamesItself(t *testing.T) {
	w := newWorld(t, usual)
	w.Edit(func(path string, answer map[string]any) {
		if path == "/.well-known/openid-configuration" {
			answer["authorization_response_iss_parameter_supported"] = true
		}
	})
	for _, c := range []struct {
		more   string
		status int
	}{{"", 401}, {"&iss=https%3A%2F%2Fevil.test", 401}, {"&iss=" + url.QueryEscape(w.Issuer), 302}} {
		b := w.stiff()
		to := w.wayBack(b)
		if p := b.get(to + c.more); p.status != c.status || strings.Contains(b.cookies(), "session") != (c.status == 302) {
			t.Errorf("%q: %v\n%s", c.more, p, w.g.Log())
		}
	}
}

// Several tabs may log in; of too many those that began first can't.
func TestTabs(t *testing.T) {
	w := newWorld(t, usual)
	b := w.stiff()
	var states []string
	for range 8 {
		p := b.get("/" + strings.Repeat("long/", 300))
		to, err := url.Parse(p.header.Get("Location"))
		if err != nil || p.status != 302 {
			t.Fatalf("%v", p)
		}
		states = append(states, to.Query().Get("state"))
	}
	u, _ := url.Parse(gateway)
	size := 0
	for _, c := range b.Jar.Cookies(u) {
		size += len(c.Value)
	}
	if size > 3000 {
		t.Errorf("the cookies are %d bytes long", size)
	}
	for k, s := range slices.Backward(states) {
		p := b.get("/back?error=x&state=" + s)
		if known := p.status == 401; known != (k >= 3) {
			t.Errorf("login %d: %v", k, p)
		}
	}
}

// Cookies that are not ours are none.
func TestCookies(t *testing.T) {
	w := newWorld(t, usual)
	b := w.browser()
	w.loggedIn(b)
	u, _ := url.Parse(gateway)
	good := b.Jar.Cookies(u)[0].Value
	for _, c := range []string{"x", strings.Repeat("A", 7000), "9." + good, "2." + good, good + "x", good[:len(good)-1], good[5:]} {
		if p := w.stiff().get("/", "Cookie: session="+c); p.status != 302 {
			t.Errorf("%.50q: %v", c, p)
		}
	}
	if p := w.stiff().get("/", "Cookie: authorization="+good); p.status != 302 {
		t.Errorf("as another cookie: %v", p)
	}
	if p := w.stiff().get("/", "Cookie: a=b; session="+good); p.status != 200 || p.sent("Cookie") != "a=b" {
		t.Errorf("the good one: %v", p)
	}
}

// Tokens with keys that nobody knows have the provider asked from time to time.
func TestUnknownKeys(t *testing.T) {
	w := newWorld(t, `,"rediscovery_lifetime":60`)
	good := w.Sign(nil, map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100})
	b := w.browser()
	for k := range 50 {
		bad := w.Sign(map[string]any{"kid": fmt.Sprint("k", k)}, map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100})
		if p := b.get("/", "Authorization: Bearer "+bad); p.status != 401 {
			t.Fatalf("%v", p)
		}
	}
	if p := b.get("/", "Authorization: Bearer "+good); p.status != 200 {
		t.Errorf("%v", p)
	}
	if n := w.Asked("/keys"); n != 1 {
		t.Errorf("keys were asked for %d times", n)
	}
	w.serve("") // a second
	b.get("/", "Authorization: Bearer "+good)
	w.Rotate()
	fresh := w.Sign(nil, map[string]any{"iss": w.Issuer, "sub": "s", "exp": time.Now().Unix() + 100})
	for end := time.Now().Add(10 * time.Second); b.get("/", "Authorization: Bearer "+fresh).status != 200; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a new key is never known")
		}
	}
	if n := w.Asked("/keys"); n > 4 {
		t.Errorf("keys were asked for %d times", n)
	}
}

// Who can speak for an address can't speak for another issuer.
func TestOtherIssuer(t *testing.T) {
	w := newWorld(t, usual)
	w.Edit(func(path string, answer map[string]any) {
		if strings.HasPrefix(path, "/.well-known/") {
			answer["issuer"] = "https://other.test"
		}
	})
	if p := w.browser().get("/"); p.status != 503 {
		t.Errorf("%v", p)
	}
	w.g.WantLog(`the provider is not known: http://\S+/.well-known/openid-configuration: the issuer is "https://other.test", which issuers_allowed does not have`)
	w.serve(usual + `,"issuers_allowed":["https://other.test"]`)
	if p := w.stiff().get("/"); p.status != 302 {
		t.Errorf("%v", p)
	}
	w.Edit(func(path string, answer map[string]any) {
		if strings.HasPrefix(path, "/.well-known/") {
			answer["token_endpoint"] = "file:///etc/passwd"
		}
	})
	w.serve(usual)
	if p := w.browser().get("/"); p.status != 503 {
		t.Errorf("%v", p)
	}
}
