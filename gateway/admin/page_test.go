package admin

import (
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"
)

// The next page is one of the same list: of the same size, and of what was asked for.
func TestNextPage(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		w.must(201, "POST", "/services", `{"name":"`+name+`","host":"h","tags":["x","y z"]}`)
	}
	for path, words := range map[string]string{
		"/services?size=1&tags=x":       "tags=x&size=1",
		"/tags?size=1":                  "size=1",
		"/tags/y%20z?size=1":            "size=1",
		"/audit?size=1&who=the-admin":   "size=1&who=the-admin",
		"/audit?size=1&who=no%26body":   "size=1&who=no%26body",
		"/revisions?size=1":             "size=1",
		"/consumers?size=1&custom_id=x": "",
	} {
		n := 0
		for next := any(path); next != nil; n++ {
			if n > 0 && !strings.HasSuffix(next.(string), "&"+words) || n > 10 {
				t.Fatalf("%s: page %d is %v", path, n, next)
			}
			page := w.must(200, "GET", next.(string), "")
			if len(page["data"].([]any)) > 1 {
				t.Errorf("%v: %v", next, page)
			}
			next = page["next"]
		}
		if words != "" && n < 3 {
			t.Errorf("%s has %d pages", path, n)
		}
	}
}

// A listener whose places are taken still ends.
func TestLimitedEnds(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	end := make(chan struct{})
	l := &limited{Listener: ln, places: make(chan struct{}, 1), end: end}
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error)
	go func() {
		_, err := l.Accept()
		second <- err
	}()
	select {
	case err := <-second:
		t.Fatalf("there was a place for a second one: %v", err)
	default:
	}
	close(end)
	if err := <-second; err != net.ErrClosed {
		t.Error(err)
	}
	first.Close()
	first.Close() // gives its place back once
	if len(l.places) != 0 {
		t.Errorf("%d places are taken", len(l.places))
	}
}

func TestLongReason(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/services", `{"name":"a","host":"h"}`, "X-Reason", "x"+strings.Repeat("ä", 300))
	why := w.must(200, "GET", "/audit", "")["data"].([]any)[0].(map[string]any)["why"].(string)
	if !utf8.ValidString(why) || strings.ContainsRune(why, utf8.RuneError) || len(why) != 499 {
		t.Errorf("%d bytes: %q", len(why), why)
	}
}

// The open listener heeds the arguments of /status too.
func TestOpenStatus(t *testing.T) {
	w := newWorld(t)
	w.h.Memory = func() Memory { return Memory{Workers: []WorkerMemory{{1, 2048}}} }
	for args, want := range map[string]string{"": `"0.00 MiB"`, "?unit=k&scale=1": `"2.0 KiB"`, "?unit=b": `:2048`, "?unit=x": `invalid unit`, "?a=%zz": `not valid`} {
		rec := httptest.NewRecorder()
		w.h.Open().ServeHTTP(rec, httptest.NewRequest("GET", "http://anywhere/status"+args, nil))
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%q: %s", args, rec.Body)
		}
	}
}
