package admin

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// endless are the paths whose answers do not end.
var endless = map[string]bool{"/events": true, "/live": true, "/logs": true}

// streams tells whether a path may be one of them.
func streams(path string) bool {
	for p := range endless {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

func TestTokenHeaders(t *testing.T) {
	w := newWorld(t)
	token := w.tokens[Viewer]
	for _, c := range []struct {
		header, value string
		status        int
	}{
		{"Kong-Admin-Token", token, 200}, {"Authorization", "Bearer " + token, 200}, {"Authorization", "bearer  " + token, 200},
		{"Authorization", "Basic " + token, 401}, {"Authorization", token, 401}, {"Kong-Admin-Token", token + "x", 401},
		{"Kong-Admin-Token", "", 401},
	} {
		rec := w.send(None, "GET", "/services", "", c.header, c.value)
		if rec.Code != c.status {
			t.Errorf("%s: %s: %d, want %d", c.header, c.value, rec.Code, c.status)
		}
		if rec.Code == 401 && !strings.HasPrefix(rec.Header().Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: %s: no WWW-Authenticate", c.header, c.value)
		}
	}
}

func TestTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	tokens, first, err := OpenTokens(path)
	if err != nil || first == "" {
		t.Fatal(first, err)
	}
	if who, _, ok := tokens.find(first); !ok || who != (Identity{"admin", Admin}) {
		t.Errorf("%v %v", who, ok)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	if b, _ := os.ReadFile(path); strings.Contains(string(b), first) {
		t.Error("the token itself is kept")
	}
	if _, again, err := OpenTokens(path); again != "" || err != nil {
		t.Errorf("made twice: %q %v", again, err)
	}
	_, line := NewToken(Viewer, "v")
	for text, want := range map[string]string{
		"# only this\n\n":        "",
		line + " # comment":      "",
		"root x " + line[9:]:     `"root" is no role`,
		"viewer x":               "write: role name sha256",
		line + "\nviewer x zz\n": ":2: the third word",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := tokens.Reload()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := tokens.Reload(); err == nil || !strings.Contains(err.Error(), "written by others") {
		t.Errorf("%v", err)
	}
}

// Ten wrong tokens, then one each second, for each client by itself.
func TestThrottle(t *testing.T) {
	var th throttle
	now := time.Unix(0, 0)
	tried := 0
	for range 100 {
		if th.wait("a", now) == 0 {
			tried++
			th.fail("a", now)
		}
		now = now.Add(100 * time.Millisecond)
	}
	if tried < 19 || tried > 21 {
		t.Errorf("%d tries in 10 seconds", tried)
	}
	if th.wait("b", now) != 0 {
		t.Error("another client must wait")
	}
	for i := range 3 * maxThrottled {
		th.fail(fmt.Sprint(i), now)
	}
	if len(th.clients) > maxThrottled+1 {
		t.Errorf("%d clients are remembered", len(th.clients))
	}
	w := newWorld(t)
	for i := range 12 {
		code := w.send(None, "GET", "/services", "", "Kong-Admin-Token", "guess").Code
		if want := map[bool]int{true: 401, false: 429}[i < 10]; code != want {
			t.Errorf("guess %d: %d, want %d", i, code, want)
		}
	}
	if clientKey("[2001:db8::1]:80") != clientKey("[2001:db8::2]:81") || clientKey("[::ffff:1.2.3.4]:1") != "1.2.3.4" {
		t.Error("clients are told apart wrongly")
	}
}

// Viewers see no secrets, wherever they look.
func TestViewersSeeNoSecrets(t *testing.T) {
	w := newWorld(t)
	const secret = "do-not-show"
	w.must(201, "POST", "/consumers", `{"username":"u"}`)
	w.must(201, "POST", "/consumers/u/key-auth", `{"key":"`+secret+`-key"}`)
	w.must(200, "PATCH", "/consumers/u/key-auth/"+secret+"-key", `{"ttl":5}`)
	w.must(201, "POST", "/consumers/u/hmac-auth", `{"username":"u","secret":"`+secret+`-hmac"}`)
	w.must(201, "POST", "/consumers/u/jwt", `{"key":"iss","secret":"`+secret+`-jwt"}`)
	w.must(201, "POST", "/plugins", `{"name":"forward-auth","config":{"password":"`+secret+`-plugin","headers":{"x":"`+secret+`-map"}}}`)
	w.must(204, "DELETE", "/consumers/u/hmac-auth/u", "")
	found := 0
	for path, methods := range w.h.paths() {
		for _, method := range methods {
			if method != "GET" || endless[path] {
				continue
			}
			where := strings.NewReplacer("{number}", "2", "{consumers}", "u", "{key-auths}", secret+"-key", "{jwts}", "iss", "{", "x", "}", "").Replace(path)
			if strings.Contains(w.send(Admin, "GET", where, "").Body.String(), secret) {
				found++
			}
			rec := w.send(Viewer, "GET", where, "")
			if strings.Contains(rec.Body.String(), secret) || strings.Contains(rec.Header().Get("ETag"), secret) {
				t.Errorf("%s shows it: %s", where, rec.Body)
			}
		}
	}
	if found < 8 {
		t.Errorf("admins see secrets at %d endpoints only: the test looks at the wrong ones", found)
	}
	if rec := w.send(Viewer, "GET", "/key-auths", ""); !strings.Contains(rec.Body.String(), `"key":"***"`) {
		t.Errorf("%s", rec.Body)
	}
}

func TestStrangers(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		origin, site string
		status       int
	}{
		{"https://evil.example", "cross-site", 403}, {"https://evil.example", "", 403},
		{"https://dashboard.example", "cross-site", 201}, {"", "same-origin", 201}, {"", "", 201},
	} {
		rec := w.send(Admin, "POST", "/services", `{"host":"h"}`, "Origin", c.origin, "Sec-Fetch-Site", c.site)
		if rec.Code != c.status {
			t.Errorf("%q %q: %d, want %d", c.origin, c.site, rec.Code, c.status)
		}
		if got := rec.Header().Get("Access-Control-Allow-Origin"); (got != "") != (c.origin == "https://dashboard.example") {
			t.Errorf("%q: allowed %q", c.origin, got)
		}
	}
	w.h.Tokens = nil
	for host, status := range map[string]int{"localhost:8001": 200, "127.0.0.1:8001": 200, "[::1]:8001": 200, "rebound.example": 403, "10.0.0.1": 403} {
		rec := w.sendHost(host)
		if rec.Code != status {
			t.Errorf("%s: %d, want %d", host, rec.Code, status)
		}
	}
}

func TestHooks(t *testing.T) {
	w := newWorld(t)
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("hello")) })
	w.h.Hooks = []Hook{{"/metrics", Viewer, hello}, {"/debug/", Admin, hello}, {"/dashboard/", None, hello}}
	for _, c := range []struct {
		role   Role
		path   string
		status int
	}{
		{None, "/metrics", 401}, {Viewer, "/metrics", 200}, {Viewer, "/metrics/x", 404}, {Operator, "/debug/pprof", 403},
		{Admin, "/debug/pprof", 200}, {None, "/dashboard/", 200}, {None, "/dashboard/index.html", 200}, {None, "/dashboardx", 401},
	} {
		if rec := w.send(c.role, "GET", c.path, ""); rec.Code != c.status {
			t.Errorf("%s as %s: %d, want %d", c.path, c.role, rec.Code, c.status)
		}
	}
}

// A browser is sent to the dashboard, and tools are told of it, where there is one.
func TestDashboard(t *testing.T) {
	w := newWorld(t)
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, c := range []struct {
		hooks          []Hook
		role           Role
		method, accept string
		status         int
		location       string
	}{
		{nil, None, "GET", browser, 401, ""},
		{nil, Viewer, "GET", browser, 200, ""},
		{[]Hook{{dashboardPath, None, http.NotFoundHandler()}}, None, "GET", browser, 302, "/dashboard/"},
		{[]Hook{{dashboardPath, None, http.NotFoundHandler()}}, Viewer, "GET", browser, 302, "/dashboard/"},
		{[]Hook{{dashboardPath, None, http.NotFoundHandler()}}, None, "GET", "*/*", 401, ""},
		{[]Hook{{dashboardPath, None, http.NotFoundHandler()}}, Viewer, "GET", "application/json", 200, ""},
		{[]Hook{{dashboardPath, None, http.NotFoundHandler()}}, None, "POST", browser, 401, ""},
	} {
		w.h.Hooks = c.hooks
		rec := w.send(c.role, c.method, "/", "", "Accept", c.accept)
		if rec.Code != c.status || rec.Header().Get("Location") != c.location {
			t.Errorf("%+v: %d %s", c, rec.Code, rec.Header().Get("Location"))
		}
		if rec.Code != 200 {
			continue
		}
		path := object(t, rec.Body.String())["configuration"].(map[string]any)["admin_gui_path"]
		if c.hooks == nil && path != nil || c.hooks != nil && path != "/dashboard" {
			t.Errorf("%+v: admin_gui_path is %v", c, path)
		}
	}
}
