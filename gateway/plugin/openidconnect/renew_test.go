package openidconnect_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/gateway/redis/redistest"
	"moongate/test/idp"
)

// soon has access tokens end after some seconds, the first n of them.
func (w *world) soon(n, after int) {
	w.Edit(func(path string, answer map[string]any) {
		if path == "/oauth/token" && n > 0 {
			n--
			answer["expires_in"] = after
		}
	})
}

// A leeway of 10 seconds makes a token that lasts 5 one that is to be changed.
const early = usual + `,"leeway":10`

func TestRenew(t *testing.T) {
	s := redistest.Start(t)
	for _, more := range []string{"", fmt.Sprintf(`,"session_storage":"redis","redis":{"host":"127.0.0.1","port":%d}`, s.Port)} {
		w := newWorld(t, early+more)
		w.soon(1, 5)
		b := w.browser()
		first := w.loggedIn(b)
		if first.status != 200 || w.Asked("/oauth/token") != 2 { // one for the code, one because it ends soon
			t.Fatalf("%s: %v, tokens asked for %d times\n%s", more, first, w.Asked("/oauth/token"), w.g.Log())
		}
		p := b.get("/page")
		if p.status != 200 || p.sent("Authorization") != first.sent("Authorization") || w.Asked("/oauth/token") != 2 {
			t.Errorf("%s: %v, tokens asked for %d times", more, p, w.Asked("/oauth/token"))
		}
	}
}

// loggedIn goes to a page and logs in.
func (w *world) loggedIn(b *browser) *page {
	w.t.Helper()
	return b.login(b.get("/page"))
}

// However many requests come with a token that ends, it is changed once; also those that
// come late with the old cookie get what it was changed for.
func TestRenewOnce(t *testing.T) {
	s := redistest.Start(t)
	for _, more := range []string{"", fmt.Sprintf(`,"session_storage":"redis","redis":{"host":"127.0.0.1","port":%d}`, s.Port)} {
		w := newWorld(t, early+more+`,"login_redirect_uri":["`+w404+`"]`)
		w.soon(1, 5)
		b := w.stiff()
		w.backAt(b) // with a session, and nothing else
		gate := make(chan struct{})
		w.Before(func(http.ResponseWriter, *http.Request) bool { <-gate; return false })
		u, _ := url.Parse(gateway)
		cookies := b.Jar.Cookies(u)
		const many = 20
		got := make([]string, many)
		var all sync.WaitGroup
		ask := func(k int) {
			other := w.browser()
			other.Jar.SetCookies(u, cookies)
			p := other.get("/page")
			if got[k] = p.sent("Authorization"); p.status != 200 {
				t.Errorf("%v", p)
			}
		}
		for k := range many {
			all.Go(func() { ask(k) })
		}
		close(gate)
		all.Wait()
		if n := w.Asked("/oauth/token"); n != 2 {
			t.Errorf("%s: tokens asked for %d times\n%s", more, n, w.g.Log())
		}
		ask(0)
		for _, g := range got {
			if g != got[0] || g == "" {
				t.Errorf("%s: %q", more, got)
				break
			}
		}
		if n := w.Asked("/oauth/token"); n != 2 {
			t.Errorf("%s: an old cookie: tokens asked for %d times", more, n)
		}
	}
}

// So it is with two nodes that share a Redis.
func TestRenewOnceInAll(t *testing.T) {
	s := redistest.Start(t)
	config := early + fmt.Sprintf(`,"session_storage":"redis","redis":{"host":"127.0.0.1","port":%d}`, s.Port)
	w := newWorld(t, config+`,"login_redirect_uri":["`+w404+`"]`)
	w.soon(1, 5)
	b := w.stiff()
	w.backAt(b)
	u, _ := url.Parse(gateway)
	nodes := []*world{{Provider: w.Provider, g: w.g, t: t}, w}
	w.serve(config)
	const many = 10
	got := make([]string, 2*many)
	var all sync.WaitGroup
	for k := range got {
		all.Go(func() {
			other := nodes[k%2].stiff()
			other.Jar.SetCookies(u, b.Jar.Cookies(u))
			got[k] = other.get("/page").sent("Authorization")
		})
	}
	all.Wait()
	if n := w.Asked("/oauth/token"); n != 2 {
		t.Errorf("tokens asked for %d times\n%s", n, w.g.Log())
	}
	for _, g := range got {
		if g != got[0] || g == "" {
			t.Fatalf("%q", got)
		}
	}
	// A session that ends elsewhere ends here.
	other := nodes[0].stiff()
	other.Jar.SetCookies(u, b.Jar.Cookies(u))
	other.get("/?out")
	if p := b.get("/page"); p.status != 302 {
		t.Errorf("after a logout at another node: %v", p)
	}
}

// w404 is where nobody has to go.
const w404 = gateway + "/nowhere"

// backAt logs in up to the answer of the address for coming back.
func (w *world) backAt(b *browser) *page {
	w.t.Helper()
	return b.get(w.wayBack(b))
}

// wayBack is where the provider sends a browser after a login.
func (w *world) wayBack(b *browser) string {
	w.t.Helper()
	p := b.get("/page")
	p = b.get(p.header.Get("Location")) // the provider
	p = b.get(w.Issuer + p.header.Get("Location"))
	p = b.login(p)
	to := p.header.Get("Location")
	if strings.HasPrefix(to, "/") {
		to = w.Issuer + to
	}
	return b.get(to).header.Get("Location")
}

// A provider that says no ends the session; one that is away doesn't, as long as the token
// lasts.
func TestNotRenewed(t *testing.T) {
	w := newWorld(t, early+`,"login_redirect_uri":["`+w404+`"]`)
	w.soon(1, 5)
	b := w.stiff()
	w.backAt(b)
	refuses := func(status int, text string) {
		w.Before(func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/oauth/token" {
				rw.WriteHeader(status)
				fmt.Fprint(rw, text)
			}
			return r.URL.Path == "/oauth/token"
		})
	}
	refuses(502, "")
	if p := b.get("/page"); p.status != 200 || b.cookies() != "session" {
		t.Errorf("away: %v", p)
	}
	refuses(400, `{"error":"invalid_grant","error_description":"used"}`)
	p := b.get("/page", "X-Requested-With: XMLHttpRequest")
	if p.status != 401 || b.cookies() != "" || !strings.HasSuffix(p.header.Get("WWW-Authenticate"), `, error="invalid_token"`) {
		t.Errorf("refused: %v, cookies %q", p, b.cookies())
	}
	w.g.WantLog(`gateway: openid-connect \S+: tokens are not renewed yet \(0 more lines since the last one\): http://127.0.0.1:\d+/oauth/token: the server answers 502`)
}

// While the provider is away who is here stays, nobody else comes in; then all is well.
func TestAway(t *testing.T) {
	w := newWorld(t, usual)
	w.soon(1, 1)
	b := w.browser()
	if p := w.loggedIn(b); p.status != 200 {
		t.Fatalf("%v\n%s", p, w.g.Log())
	}
	w.Down()
	if p := b.get("/page"); p.status != 200 {
		t.Errorf("a session: %v", p)
	}
	if p := w.stiff().get("/page"); p.status != 302 { // what the provider has published is still known
		t.Errorf("a stranger: %v", p)
	}
	var p *page
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if p = b.get("/page"); p.status != 200 || time.Now().After(end) {
			break
		}
	}
	if p.status != 503 || b.cookies() != "session" {
		t.Errorf("when its token has ended: %v", p)
	}
	// A gateway that begins now knows nothing.
	w.serve(usual)
	if p := w.browser().get("/page"); p.status != 503 {
		t.Errorf("%v", p)
	}
	w.g.WantLog(`gateway: openid-connect \S+: the provider is not known: 127.0.0.1:\d+: `)
	if err := w.Up(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if p = b.get("/page"); p.status != 503 || time.Now().After(end) {
			break
		}
	}
	if p.status != 200 || p.sent("X-Credential-Identifier") != idp.Subject {
		t.Errorf("when the provider is back: %v\n%s", p, w.g.Log())
	}
}
