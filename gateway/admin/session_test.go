package admin

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// page is a browser's page: it has a cookie, and what it shows besides.
type page struct {
	w            *world
	cookie, csrf string
}

// login sends a login and gives the page that comes of it.
func (w *world) login(body string, header ...string) (*page, *httptest.ResponseRecorder) {
	rec := w.send(None, "POST", "/session", body, header...)
	p := &page{w: w}
	for _, k := range rec.Result().Cookies() {
		if k.Name == cookieName {
			p.cookie = k.Name + "=" + k.Value
		}
	}
	p.csrf, _ = object(w.t, rec.Body.String())["csrf"].(string)
	return p, rec
}

func (w *world) page(role Role) *page {
	w.t.Helper()
	p, rec := w.login(`{"token":"` + w.tokens[role] + `"}`)
	if rec.Code != 200 || p.cookie == "" || p.csrf == "" {
		w.t.Fatalf("%d %s %v", rec.Code, rec.Body, rec.Header())
	}
	return p
}

// send sends a request as our page does.
func (p *page) send(method, path, body string, header ...string) *httptest.ResponseRecorder {
	own := []string{"Cookie", p.cookie, "X-CSRF-Token", p.csrf, "Origin", "http://localhost", "Sec-Fetch-Site", "same-origin"}
	return p.w.send(None, method, path, body, append(own, header...)...)
}

func TestSession(t *testing.T) {
	w := newWorld(t)
	w.h.clock = func() time.Time { return then }
	if code := w.send(None, "GET", "/session", "").Code; code != 401 {
		t.Errorf("nobody's session: %d", code)
	}
	p, rec := w.login(`{"token":"` + w.tokens[Operator] + `"}`)
	k := rec.Result().Cookies()[0]
	if !k.HttpOnly || k.SameSite != http.SameSiteStrictMode || k.Path != "/" || k.Secure || k.Domain != "" || len(k.Value) != idLength {
		t.Errorf("%+v", k)
	}
	said := rec.Body.String()
	if s := object(t, said); s["name"] != "the-operator" || s["role"] != "operator" || strings.Contains(said, k.Value) {
		t.Errorf("%s", said)
	}
	if again := p.send("GET", "/session", "").Body.String(); again != said {
		t.Errorf("%s, then %s", said, again)
	}
	if code := p.send("POST", "/services", `{"name":"a","host":"h"}`).Code; code != 201 {
		t.Errorf("a write: %d", code)
	}
	if code := p.send("POST", "/config", `{}`).Code; code != 403 {
		t.Errorf("an admin's write: %d", code)
	}
	rec = p.send("DELETE", "/session", "")
	if k := rec.Result().Cookies()[0]; rec.Code != 204 || k.Value != "" || k.MaxAge >= 0 {
		t.Errorf("%d %v", rec.Code, k)
	}
	for _, path := range []string{"/session", "/services"} {
		if code := p.send("GET", path, "").Code; code != 401 {
			t.Errorf("%s after the logout: %d", path, code)
		}
	}
	if s := object(t, w.send(Viewer, "GET", "/session", "").Body.String()); s["name"] != "the-viewer" || s["csrf"] != "" || s["expires_at"] != nil {
		t.Errorf("a token's: %v", s)
	}
	if rec := w.send(Viewer, "DELETE", "/session", ""); rec.Code != 204 {
		t.Errorf("a token's logout: %d", rec.Code)
	}
}

// Behind a proxy that speaks TLS the browser says so itself.
func TestSecureCookie(t *testing.T) {
	w := newWorld(t)
	_, rec := w.login(`{"token":"`+w.tokens[Viewer]+`"}`, "Origin", "https://localhost", "Sec-Fetch-Site", "same-origin")
	if list := rec.Result().Cookies(); len(list) != 1 || !list[0].Secure {
		t.Errorf("%d %v", rec.Code, list)
	}
}

// An id that was in the browser before a login is not the one after it, whoever has put
// it there.
func TestFixation(t *testing.T) {
	w := newWorld(t)
	mine := w.page(Viewer)
	chosen := &page{w: w, cookie: cookieName + "=" + strings.Repeat("A", idLength)}
	for _, before := range []*page{mine, chosen} {
		after, rec := w.login(`{"token":"`+w.tokens[Admin]+`"}`, "Cookie", before.cookie)
		if rec.Code != 200 || after.cookie == before.cookie {
			t.Fatalf("%d %s", rec.Code, after.cookie)
		}
		if code := before.send("GET", "/session", "").Code; code != 401 {
			t.Errorf("the id before: %d", code)
		}
	}
	// Another site of this host has added a cookie of its own.
	good := w.page(Admin)
	if code := w.send(None, "GET", "/session", "", "Cookie", mine.cookie+"; "+good.cookie).Code; code != 401 {
		t.Errorf("two cookies: %d", code)
	}
}

func TestCSRF(t *testing.T) {
	w := newWorld(t)
	p, other := w.page(Admin), w.page(Admin)
	const own = "http://localhost"
	for i, c := range []struct {
		csrf, origin string
		status       int
	}{
		{p.csrf, own, 201}, {p.csrf, "", 201},
		{"", own, 403}, {"", "", 403}, {other.csrf, own, 403}, {p.csrf + "x", own, 403},
		{p.csrf, "http://localhost:3000", 403}, {p.csrf, "null", 403}, {p.csrf, "http://localhost.evil.example", 403},
		{p.csrf, "https://dashboard.example", 403}, {p.csrf, "%", 403},
	} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			path, want := "/services", c.status
			if method != "POST" {
				path = fmt.Sprintf("/services/s%d", i)
			}
			if want == 201 && method != "POST" {
				want = map[string]int{"PUT": 200, "PATCH": 200, "DELETE": 204}[method]
			}
			body := fmt.Sprintf(`{"name":"s%d","host":"h"}`, i)
			if method == "DELETE" {
				body = ""
			}
			rec := w.send(None, method, path, body, "Cookie", p.cookie, "X-CSRF-Token", c.csrf, "Origin", c.origin)
			if rec.Code != want {
				t.Errorf("%s with %+v: %d %s", method, c, rec.Code, rec.Body)
			}
		}
	}
	// Reading needs the cookie alone, and so does a stream.
	if code := w.send(None, "GET", "/services", "", "Cookie", p.cookie).Code; code != 200 {
		t.Errorf("GET: %d", code)
	}
	// A token in a header is nothing that a browser sends by itself.
	if code := w.send(Admin, "POST", "/services", `{"host":"h"}`, "Cookie", p.cookie).Code; code != 201 {
		t.Errorf("with a token: %d", code)
	}
	// A page elsewhere can log nobody in.
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Content-Type", "text/plain"}, {"Content-Type", "application/x-www-form-urlencoded"}} {
		if p, rec := w.login(`{"token":"`+w.tokens[Admin]+`"}`, header...); rec.Code != 403 && rec.Code != 415 || p.cookie != "" {
			t.Errorf("%v: %d", header, rec.Code)
		}
	}
}

func TestSessionExpires(t *testing.T) {
	w := newWorld(t)
	now := then
	w.h.clock = func() time.Time { return now }
	p := w.page(Viewer)
	end := func() float64 { return object(t, p.send("GET", "/session", "").Body.String())["expires_at"].(float64) }
	if got := end(); got != float64(now.Add(sessionIdle).Unix()) {
		t.Errorf("ends at %v", got)
	}
	for range 12 { // used all the time
		now = now.Add(sessionIdle - time.Second)
		if code := p.send("GET", "/services", "").Code; code != 200 {
			t.Fatalf("after %v: %d", now.Sub(then), code)
		}
	}
	if got := end(); got != float64(then.Add(sessionLife).Unix()) {
		t.Errorf("ends at %v", got)
	}
	now = then.Add(sessionLife)
	if code := p.send("GET", "/services", "").Code; code != 401 {
		t.Errorf("after its life: %d", code)
	}
	p = w.page(Viewer)
	now = now.Add(sessionIdle)
	if code := p.send("GET", "/services", "").Code; code != 401 {
		t.Errorf("after an hour's rest: %d", code)
	}
}

// A token that is gone, or has another role, takes its sessions with it, and what they
// follow.
func TestSessionFollowsToken(t *testing.T) {
	w := newWorld(t)
	w.h.attention = time.Millisecond
	_, mine := NewToken(Admin, "else")
	for _, change := range []func(lines string) string{
		func(lines string) string {
			return strings.ReplaceAll(lines, "operator the-operator", "viewer the-operator")
		},
		func(lines string) string { return mine },
	} {
		text, err := os.ReadFile(w.h.Tokens.path)
		if err != nil {
			t.Fatal(err)
		}
		p := w.page(Operator)
		srv := httptest.NewServer(w.h)
		r, _ := http.NewRequest("GET", srv.URL+"/events", nil)
		r.Header.Set("Cookie", p.cookie)
		stream, err := http.DefaultClient.Do(r)
		if err != nil || stream.StatusCode != 200 {
			t.Fatal(stream, err)
		}
		if err := os.WriteFile(w.h.Tokens.path, []byte(change(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := w.h.Tokens.Reload(); err != nil {
			t.Fatal(err)
		}
		for in := bufio.NewReader(stream.Body); err == nil; {
			_, err = in.ReadString('\n')
		}
		stream.Body.Close()
		if code := p.send("GET", "/session", "").Code; code != 401 {
			t.Errorf("the session: %d", code)
		}
		srv.Close()
		if err := os.WriteFile(w.h.Tokens.path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := w.h.Tokens.Reload(); err != nil {
			t.Fatal(err)
		}
		if code := p.send("GET", "/session", "").Code; code != 401 {
			t.Errorf("the session, once the token is back: %d", code)
		}
	}
}

// Sessions outlive the process, and those that were ended do not come back.
func TestSessionFile(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "sessions")
	// A clock of its own: that of the machine may stand still between two requests, or be
	// set back, and then sessions of the file are none.
	now := then
	w.h.clock = func() time.Time { now = now.Add(time.Second); return now }
	reopen := func() { w.h.sessions = OpenSessions(path, w.h.clock(), w.logged.add) }
	reopen()
	p, gone := w.page(Viewer), w.page(Viewer)
	gone.send("DELETE", "/session", "")
	reopen()
	if code := p.send("GET", "/services", "").Code; code != 200 {
		t.Errorf("the session: %d", code)
	}
	if code := gone.send("GET", "/services", "").Code; code != 401 {
		t.Errorf("the one that was ended: %d", code)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	text, _ := os.ReadFile(path)
	for _, secret := range []string{strings.TrimPrefix(p.cookie, cookieName+"="), p.csrf, w.tokens[Viewer]} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the file has %s", secret)
		}
	}
	over, end := context.WithCancel(t.Context())
	end()
	w.h.sessions.Keep(over, time.Hour) // the last use
	if later, _ := os.ReadFile(path); string(later) == string(text) {
		t.Error("the file does not know of the last use")
	}
	for _, bad := range []string{"", "null", "{", `[{"digest":"x"}]`, `[{}]`, `[null]`, strings.Repeat("[", 100)} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		reopen()
		if code := p.send("GET", "/services", "").Code; code != 401 {
			t.Errorf("%q: %d", bad, code)
		}
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	reopen()
	if !strings.Contains(w.logged.text(), "written by others") {
		t.Errorf("%s", w.logged.text())
	}
}

// There is room for some of each, and for some in all.
func TestSessionsAreBounded(t *testing.T) {
	s := OpenSessions("", then, nil)
	now := then
	holds := func(p proof) (Identity, bool) { return Identity{p.Name, Viewer}, true }
	var ids []string
	for range sessionsOfOne + 3 {
		now = now.Add(time.Millisecond)
		id, _ := s.begin(proof{byToken, "a", "1"}, Viewer, now)
		ids = append(ids, id)
	}
	for i, id := range ids {
		if _, _, there := s.use(id, now, holds); there != (i >= 3) {
			t.Errorf("session %d is there: %v", i, there)
		}
	}
	for i := range maxSessions {
		s.begin(proof{byToken, fmt.Sprint(i), ""}, Viewer, now)
	}
	if len(s.list) != maxSessions {
		t.Errorf("%d sessions", len(s.list))
	}
}

// A cookie is what strangers write. None of these is a session, and none costs much.
func TestHostileCookies(t *testing.T) {
	w := newWorld(t)
	good := w.page(Viewer).cookie
	for _, cookie := range []string{
		cookieName, cookieName + "=", cookieName + "=x", cookieName + "=" + strings.Repeat("A", idLength), cookieName + "=" + strings.Repeat("A", 15<<10),
		strings.Repeat("a=b; ", 3000), strings.ToUpper(good), good + "x", good[:len(good)-1], good + "; " + good, strings.Repeat(good+"; ", 200), "x" + good, cookieName + `="\x00"`,
	} {
		if rec := w.send(None, "GET", "/services", "", "Cookie", cookie); rec.Code != 401 {
			t.Errorf("%.80s: %d", cookie, rec.Code)
		}
	}
	if rec := w.send(None, "GET", "/services", "", "Cookie", "a=b; "+good+"; c=d"); rec.Code != 200 {
		t.Errorf("among others: %d", rec.Code)
	}
	p := w.page(Operator)
	for _, csrf := range []string{"", "x", strings.Repeat("x", 10<<10), p.csrf + p.csrf, strings.ToLower(p.csrf)} {
		if rec := p.send("POST", "/services", `{"host":"h"}`, "X-CSRF-Token", csrf); rec.Code != 403 {
			t.Errorf("%.80s: %d", csrf, rec.Code)
		}
	}
}
