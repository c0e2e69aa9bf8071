package sessions

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// browser keeps cookies and makes requests with them.
type browser map[string]string

func (b browser) request() *plugin.Context {
	r := new(httpd.Request)
	for name, v := range b {
		r.In.List = append(r.In.List, http1.Header{Name: "Cookie", Value: "a=b; " + name + "=" + v + "; c=d", ID: http1.Cookie})
	}
	return &plugin.Context{R: r}
}

// take takes what an answer sets.
func (b browser) take(x *plugin.Context) {
	for _, h := range x.R.Out.List {
		pair, rest, _ := strings.Cut(h.Value, ";")
		name, v, _ := strings.Cut(pair, "=")
		if b[name] = v; strings.Contains(rest, "Max-Age=0") {
			delete(b, name)
		}
	}
}

func store(t *testing.T, now *time.Time, c Config) *Store {
	t.Helper()
	yes := true
	c.Secret, c.Name, c.Path, c.SameSite, c.Secure, c.Storage = "secret", "s", "/", "Lax", &yes, "cookie"
	s, err := New(nil, c, "test")
	if err != nil {
		t.Fatal(err)
	}
	s.now = func() time.Time { return *now }
	return s
}

// A session ends by each of its limits, and is set anew no more often than it must.
func TestLimits(t *testing.T) {
	const second = time.Second
	for _, c := range []struct {
		name   string
		config Config
		every  time.Duration // between two requests
		lasts  time.Duration
		sets   int // how often the cookie is, after the first time
	}{
		{"idling", Config{Idling: 100}, 100 * second, 0, 0},
		{"idling, used", Config{Idling: 100, Absolute: 1000}, 90 * second, 990 * second, 11},
		{"idling, used much", Config{Idling: 100, Absolute: 100}, second, 99 * second, 9},
		{"rolling", Config{Rolling: 100}, 101 * second, 0, 0},
		{"rolling, renewed", Config{Rolling: 100, Absolute: 1000}, 10 * second, 990 * second, 12},
		{"absolute", Config{Absolute: 100}, second, 99 * second, 0},
	} {
		now := time.Unix(1e9, 0)
		s := store(t, &now, c.config)
		b := browser{}
		x := b.request()
		if err := s.Save(x, s.Begin([]byte("data")), false); err != nil {
			t.Fatal(err)
		}
		b.take(x)
		sets, lasts := 0, time.Duration(0)
		for now = now.Add(c.every); ; now = now.Add(c.every) {
			x := b.request()
			ss, err := s.Open(x)
			if err != nil {
				t.Fatal(err)
			}
			if ss == nil {
				break
			}
			if string(ss.Data) != "data" {
				t.Fatalf("%s: %q", c.name, ss.Data)
			}
			if err := s.Use(x, ss); err != nil {
				t.Fatal(err)
			}
			sets += len(x.R.Out.List)
			b.take(x)
			lasts = now.Sub(time.Unix(1e9, 0))
		}
		if lasts != c.lasts || sets != c.sets {
			t.Errorf("%s: lasts %v and is set %d times, want %v and %d", c.name, lasts, sets, c.lasts, c.sets)
		}
	}
}

// Long sessions are parted; a shorter one leaves nothing of them behind.
func TestParts(t *testing.T) {
	now := time.Unix(1e9, 0)
	s := store(t, &now, Config{})
	noise := make([]byte, 40000)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	b := browser{}
	for _, c := range []struct{ size, parts int }{{10, 1}, {20000, 7}, {5000, 2}, {26000, 9}, {0, 1}} {
		x := b.request()
		if err := s.Save(x, s.Begin(noise[:c.size]), false); err != nil {
			t.Fatal(err)
		}
		for _, h := range x.R.Out.List {
			if len(h.Value) > mostCookie {
				t.Errorf("a cookie of %d bytes", len(h.Value))
			}
		}
		b.take(x)
		if len(b) != c.parts {
			t.Errorf("%d bytes are %d parts, want %d", c.size, len(b), c.parts)
		}
		x = b.request()
		if ss, err := s.Open(x); err != nil || ss == nil || string(ss.Data) != string(noise[:c.size]) {
			t.Errorf("%d bytes are read as %v, %v", c.size, ss, err)
		}
		s.Hide(x.R)
		for _, h := range x.R.In.List {
			if h.Value != "a=b; c=d" {
				t.Errorf("the service sees %q", h.Value)
			}
		}
	}
	if err := s.Save(b.request(), s.Begin(noise), false); !errors.Is(err, ErrLong) {
		t.Errorf("40000 bytes fit: %v", err)
	}
	x := b.request()
	if err := s.End(x, nil); err != nil {
		t.Fatal(err)
	}
	if b.take(x); len(b) != 0 {
		t.Errorf("after the end there is %v", b)
	}
}
