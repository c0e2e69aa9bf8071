package oauth2introspection_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

// server knows tokens, and who asks.
type server struct {
	*httptest.Server
	asked atomic.Int32
	last  atomic.Pointer[string]
	wait  chan struct{} // nil: answers at once
}

func newServer(t *testing.T) *server {
	s := new(server)
	later := time.Now().Unix() + 100
	tokens := map[string]map[string]any{
		"alice": {"active": true, "username": "alice", "client_id": "app", "scope": "read write", "exp": later, "sub": "u1", "aud": []string{"a", "b"}, "iss": "https://id", "jti": "j", "level": 3, "deep": map[string]any{"x": "y"}, "evil": "a\r\nX-Admin: 1"},
		"app":   {"active": true, "client_id": "c-alice"},
		"carol": {"active": true, "username": "carol"},
		"old":   {"active": true, "username": "alice", "exp": 1},
		"bare":  {"active": true},
		"text":  {"active": "true", "username": "alice"},
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		if s.wait != nil {
			<-s.wait
		}
		token := r.PostFormValue("token")
		text := r.Method + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("Authorization") + " " + r.PostForm.Encode() + " " + r.Header.Get("X-Request-Path") + " " + r.Header.Get("X-Request-Http-Method") + " " + r.Header.Get("X-More")
		s.last.Store(&text)
		switch token {
		case "broken":
			fmt.Fprint(w, "<html>")
		case "down":
			w.WriteHeader(502)
		case "denied":
			w.WriteHeader(401)
			fmt.Fprint(w, `{"error":"invalid_client"}`)
		case "list":
			fmt.Fprint(w, `[]`)
		default:
			claims := tokens[token]
			if claims == nil {
				claims = map[string]any{"active": false}
			}
			json.NewEncoder(w).Encode(claims)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) docs(config string) []string {
	return plugintest.World(plugintest.Another("oauth2-introspection", `{"introspection_url":"`+s.URL+`","authorization_value":"Basic x"`+config+`}`))
}

func bearer(token string) string { return "Authorization: Bearer " + token }

const (
	invalid = `401 Bearer realm="service", error="invalid_token", error_description="The access token is invalid or has expired" {"error_description":"The access token is invalid or has expired","error":"invalid_token"}`
	missing = `401 Bearer realm="service" {"error_description":"The access token is missing","error":"invalid_request"}`
	away    = `503 {"message":"The authorization server can't be asked"}`
)

func TestTokens(t *testing.T) {
	s := newServer(t)
	const alice = "consumer=alice credential=alice custom=c-alice"
	for _, c := range []struct{ config, uri, header, want string }{
		{``, "/", bearer("alice"), alice},
		{``, "/", "authorization: bearer  alice", alice},
		{``, "/?access_token=alice", "", alice},
		{``, "/", "", missing},
		{``, "/", "Authorization: Basic alice", missing},
		{``, "/", "Authorization: Beareralice", missing},
		{``, "/", bearer("nobody"), invalid},
		{``, "/", bearer("old"), invalid},
		{``, "/", bearer("text"), invalid},
		{``, "/", bearer("carol"), "credential=carol"},
		{``, "/", bearer("bare"), "credential=token"},
		{``, "/", bearer("app"), "credential=c-alice"},
		{`,"consumer_by":"client_id"`, "/", bearer("app"), "consumer=alice credential=c-alice custom=c-alice"},
		{`,"consumer_by":"client_id"`, "/", bearer("alice"), "credential=app"},
		{``, "/", bearer("broken"), away},
		{``, "/", bearer("down"), away},
		{``, "/", bearer("denied"), away},
		{``, "/", bearer("list"), away},
		{`,"anonymous":"guest"`, "/", bearer("nobody"), "anonymous=true consumer=guest"},
		{`,"anonymous":"guest"`, "/", bearer("alice"), alice},
		{`,"realm":"r"`, "/", "", strings.Replace(missing, "service", "r", 1)},
	} {
		g := plugintest.Ask(t, s.docs(c.config)...)
		headers := []string{"X-A: b"}
		if c.header != "" {
			headers = append(headers, c.header)
		}
		if got := plugintest.Said(g.Get(c.uri, headers...)); got != c.want {
			t.Errorf("%s %s %s:\n got %q\nwant %q\n%s", c.config, c.uri, c.header, got, c.want, g.Log())
		}
	}
}

// The service gets what the server says, in place of what the client says of itself.
func TestHeaders(t *testing.T) {
	s := newServer(t)
	g := plugintest.Ask(t, s.docs(`,"hide_credentials":true,"custom_claims_forward":["level","deep","evil","none"]`)...)
	got := g.Get("/?a=1&access_token=alice", "X-Credential-Scope: admin", "x-credential-none: admin", "X-Credential-Sub: root")
	want := "GET /?a=1|X-Credential-Scope: read write|X-Credential-Client-ID: app|X-Credential-Exp: |X-Credential-Sub: u1|X-Credential-Aud: a b|X-Credential-Iss: https://id|X-Credential-Jti: j" +
		`|X-Credential-level: 3|X-Credential-deep: {"x":"y"}|X-Credential-evil: aX-Admin: 1`
	sent := plugintest.Sent(got, "Authorization", "X-Credential-Scope", "X-Credential-Client-ID", "X-Credential-Exp", "X-Credential-Sub", "X-Credential-Aud", "X-Credential-Iss", "X-Credential-Jti", "X-Credential-Level", "X-Credential-Deep", "X-Credential-Evil", "X-Credential-None", "X-Admin")
	if at := strings.Index(sent, "X-Credential-Exp: "); at >= 0 {
		end := at + len("X-Credential-Exp: ")
		sent = sent[:end] + strings.TrimLeft(sent[end:], "0123456789")
	}
	if sent != want {
		t.Errorf(" got %s\nwant %s", sent, want)
	}
	raw := "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 22\r\n\r\naccess_token=alice&x=1"
	if sent := plugintest.Sent(g.Send(raw), "X-Credential-Sub"); sent != "POST /|X-Credential-Sub: u1|x=1" {
		t.Errorf("a form: %q", sent)
	}
}

func TestQuestion(t *testing.T) {
	s := newServer(t)
	g := plugintest.Ask(t, s.docs(`,"token_type_hint":"access_token","introspect_request":true,"custom_introspection_headers":{"X-More":"m"}`)...)
	g.Get("/a/b?c=d", bearer("alice"))
	const want = "POST application/x-www-form-urlencoded Basic x token=alice&token_type_hint=access_token /a/b GET m"
	if got := *s.last.Load(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	g.Get("/a/b?e=f", bearer("alice"))
	g.Get("/a/c", bearer("alice")) // which may be allowed or not by itself
	if n := s.asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

// What is known is not asked again: good tokens for ttl, bad ones for ttl_neg.
func TestRemembered(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		config, token string
		asked         int32
	}{
		{``, "alice", 1}, {``, "nobody", 1}, {`,"ttl":0`, "alice", 1}, {`,"ttl":0.000001`, "alice", 3}, {`,"ttl_neg":0`, "nobody", 3}, {``, "old", 1}, {``, "down", 3},
	} {
		s.asked.Store(0)
		g := plugintest.Ask(t, s.docs(c.config)...)
		for range 3 {
			g.Get("/", bearer(c.token))
			time.Sleep(2 * time.Millisecond) // the worker's clock goes on
		}
		if n := s.asked.Load(); n != c.asked {
			t.Errorf("%s %s: asked %d times, want %d", c.config, c.token, n, c.asked)
		}
	}
}

// Many that show one token at the same time wait for one answer.
func TestTogether(t *testing.T) {
	s := newServer(t)
	s.wait = make(chan struct{})
	g := plugintest.Ask(t, s.docs(``)...)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := plugintest.Said(g.Get("/", bearer("alice"))); !strings.Contains(got, "consumer=alice") {
				t.Errorf("%q", got)
			}
		})
	}
	// Others are served meanwhile.
	if got := plugintest.Said(g.Get("/")); got != missing {
		t.Errorf("%q", got)
	}
	close(s.wait)
	all.Wait()
	if n := s.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestAway(t *testing.T) {
	s := newServer(t)
	g := plugintest.Ask(t, s.docs(``)...)
	if got := httpdtest.Status(g.Get("/", bearer("alice"))); got != "200" {
		t.Fatal(got)
	}
	s.Close()
	if got := httpdtest.Status(g.Get("/", bearer("alice"))); got != "200" {
		t.Errorf("a token that is known: %s", got)
	}
	if got := plugintest.Said(g.Get("/", bearer("carol"))); got != away {
		t.Errorf("%q", got)
	}
	g.WantLog(`gateway: oauth2-introspection \S+: a request is refused \(0 more since the last such line\): 127.0.0.1:\d+: `)
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`: "introspection_url: required field missing",
		`{"introspection_url":"x","authorization_value":"y"}`:                                                   "missing scheme in url",
		`{"introspection_url":"http://a:b@c","authorization_value":"y"}`:                                        "must not have user info",
		`{"introspection_url":"http://c","authorization_value":"a\nb"}`:                                         "must be one line",
		`{"introspection_url":"http://c","authorization_value":"a","consumer_by":"id"}`:                         "expected one of",
		`{"introspection_url":"http://c","authorization_value":"a","custom_introspection_headers":{"a b":"c"}}`: "is not a valid header",
		`{"introspection_url":"http://c","authorization_value":"a","custom_claims_forward":["a:b"]}`:            "is not a valid header",
	} {
		if got := plugintest.Refused(plugintest.Plugin("oauth2-introspection", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
