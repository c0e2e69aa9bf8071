package session_test

import (
	"fmt"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
	"moongate/gateway/redis/redistest"
)

const (
	secret = `"secret":"a secret for tests"`
	key    = "ApiKey: alice-key"
	alice  = "consumer=alice credential=00000000-0000-4000-8000-0000000000d1 custom=c-alice"
	guest  = "anonymous=true consumer=guest"
)

func docs(config string) []string {
	return plugintest.World(plugintest.Another("session", `{`+config+`}`), plugintest.Another("key-auth", `{"anonymous":"guest"}`),
		`keyauth_credentials {"id":"00000000-0000-4000-8000-0000000000d1","key":"alice-key",`+plugintest.OfAlice+`}`)
}

// cookies are those that an answer sets, as a client shows them; removed are the names of
// those that it takes away.
func cookies(answer string) (shown, removed string) {
	for line := range strings.SplitSeq(answer, "\r\n") {
		v, ok := strings.CutPrefix(line, "Set-Cookie: ")
		if !ok {
			continue
		}
		pair, rest, _ := strings.Cut(v, ";")
		if strings.Contains(rest, "Max-Age=0") {
			removed += pair
		} else {
			shown += "; " + pair
		}
	}
	return strings.Replace(shown, "; ", "Cookie: ", 1), removed
}

func TestRemembers(t *testing.T) {
	s := redistest.Start(t)
	for _, config := range []string{secret, secret + `,"rolling_timeout":0,"idling_timeout":0,"absolute_timeout":0`,
		secret + fmt.Sprintf(`,"storage":"redis","redis":{"host":"127.0.0.1","port":%d}`, s.Port)} {
		g := plugintest.Ask(t, docs(config)...)
		first := g.Get("/", key)
		if got := plugintest.Said(first); got != alice {
			t.Fatalf("%s: %q\n%s", config, got, g.Log())
		}
		for _, want := range []string{"; Path=/; SameSite=Strict; HttpOnly; Secure\r\n"} {
			if !strings.Contains(first, want) {
				t.Errorf("%s: no %q in %q", config, want, first)
			}
		}
		cookie, _ := cookies(first)
		again := g.Get("/", cookie+"; other=1")
		if got := plugintest.Said(again); got != alice {
			t.Errorf("%s: by its cookie %q\n%s", config, got, g.Log())
		}
		if sent := plugintest.Sent(again, "Cookie"); sent != "GET /|Cookie: other=1" {
			t.Errorf("%s: the service sees %q", config, sent)
		}
		if set, _ := cookies(again); set != "" {
			t.Errorf("%s: set anew: %q", config, set)
		}
		if set, _ := cookies(g.Get("/")); set != "" {
			t.Errorf("%s: a guest has %q", config, set)
		}
		// A GET ends no session, a DELETE does.
		if got := plugintest.Said(g.Get("/?session_logout=1", cookie)); got != alice {
			t.Errorf("%s: a GET: %q", config, got)
		}
		out := g.Send("DELETE /?session_logout HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + cookie + "\r\n\r\n")
		if _, removed := cookies(out); httpdtest.Status(out) != "200" || removed != "session=" {
			t.Errorf("%s: %q", config, out)
		}
		want := alice // nobody can take a cookie from who has kept it
		if strings.Contains(config, "redis") {
			want = guest
		}
		if got := plugintest.Said(g.Get("/", cookie)); got != want {
			t.Errorf("%s: after the end: %q", config, got)
		}
	}
}

// A cookie is good for nothing where the secret, the audience or the place is another one,
// or when a bit of it is.
func TestForged(t *testing.T) {
	cookie, _ := cookies(plugintest.Ask(t, docs(secret)...).Get("/", key))
	for _, c := range []struct{ name, config, cookie, want string }{
		{"same", secret, cookie, alice},
		{"another secret", `"secret":"another secret for tests"`, cookie, guest},
		{"an old secret", `"secret":"another secret for tests","previous_secrets":["x","a secret for tests"]`, cookie, alice},
		{"another audience", secret + `,"audience":"other"`, cookie, guest},
		{"another name", secret + `,"cookie_name":"other"`, cookie, guest},
		{"longer", secret, cookie + "A", guest},
		{"shorter", secret, cookie[:len(cookie)-4], guest},
		{"touched", secret, cookie[:60] + flip(cookie[60]) + cookie[61:], guest},
		{"parts missing", secret, strings.Replace(cookie, "=", "=3.", 1), guest},
		{"too many parts", secret, strings.Replace(cookie, "=", "=99.", 1), guest},
		{"huge", secret, "Cookie: session=" + strings.Repeat("A", 7000), guest},
		{"empty", secret, "Cookie: session=", guest},
	} {
		if got := plugintest.Said(plugintest.Ask(t, docs(c.config)...).Get("/", c.cookie)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func flip(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}

// Who is no consumer any more is nobody, and loses the cookie.
func TestConsumerGone(t *testing.T) {
	cookie, _ := cookies(plugintest.Ask(t, docs(secret)...).Get("/", key))
	var fewer []string
	for _, d := range docs(secret) {
		if d != plugintest.Alice && !strings.HasPrefix(d, "keyauth") {
			fewer = append(fewer, d)
		}
	}
	got := plugintest.Ask(t, fewer...).Get("/", cookie)
	if _, removed := cookies(got); plugintest.Said(got) != guest || removed != "session=" {
		t.Errorf("%q", got)
	}
}

// A body can end a session too, where it is looked at.
func TestPost(t *testing.T) {
	g := plugintest.Ask(t, docs(secret+`,"read_body_for_logout":true`)...)
	cookie, _ := cookies(g.Get("/", key))
	post := func(body string) string {
		return g.Send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n" + cookie + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
	}
	if got := plugintest.Said(post("a=b")); got != alice {
		t.Errorf("%q", got)
	}
	if out := post("session_logout=true"); httpdtest.Status(out) != "200" || httpdtest.Body(out) != "" {
		t.Errorf("%q", out)
	}
}

// Without Redis nobody is remembered, and nobody is kept out.
func TestRedisAway(t *testing.T) {
	s := redistest.Start(t)
	g := plugintest.Ask(t, docs(secret+fmt.Sprintf(`,"storage":"redis","redis":{"host":"127.0.0.1","port":%d}`, s.Port))...)
	cookie, _ := cookies(g.Get("/", key))
	s.Down()
	if got := plugintest.Said(g.Get("/", cookie)); got != guest {
		t.Errorf("%q", got)
	}
	g.WantLog(`gateway: session \S+: a session is not read \(0 more since the last such line\): redis 127.0.0.1:\d+: `)
	if got := plugintest.Said(g.Get("/", cookie, key)); got != alice {
		t.Errorf("with the key: %q", got)
	}
	out := g.Send("DELETE /?session_logout HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + cookie + "\r\n\r\n")
	if _, removed := cookies(out); httpdtest.Status(out) == "200" && removed != "" {
		t.Errorf("ended: %q", out)
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                       "",
		`{"secret":"short"}`:       "secret: length must be at least 16",
		`{"storage":"redis"}`:      "redis.host: required field missing",
		`{"cookie_name":"a=b"}`:    "is no name of a cookie",
		`{"cookie_path":"x"}`:      "should start with: /",
		`{"cookie_domain":"a;b"}`:  "must not have blanks",
		`{"storage":"kong"}`:       "expected one of: cookie, redis",
		`{"logout_methods":["X"]}`: "expected one of",
	} {
		if got := plugintest.Refused(plugintest.Plugin("session", config)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
