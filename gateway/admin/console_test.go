package admin

import (
	"bytes"
	"compress/gzip"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func packed(text string) *fstest.MapFile {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return &fstest.MapFile{Data: b.Bytes()}
}

func consoleOf(t *testing.T) *world {
	t.Helper()
	hooks, err := Dashboard(fstest.MapFS{
		"index.html.gz": packed("<p>page"), "index.html.br": {Data: []byte("BR page")},
		"assets/a-1.js.gz": packed("script()"), "assets/a-1.js.br": {Data: []byte("BR script")}, "sources.sha256": {Data: []byte("x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.h.Hooks = hooks
	return w
}

func TestConsole(t *testing.T) {
	w := consoleOf(t)
	for _, c := range []struct {
		path, accepts         string
		status                int
		coding, body, caching string
	}{
		{"/dashboard/", "gzip, br", 200, "br", "BR page", "no-cache"},
		{"/dashboard/routes/a", "br;q=0, gzip;q=0.5", 200, "gzip", string(packed("<p>page").Data), "no-cache"},
		{"/dashboard/services/a.example", "", 200, "", "<p>page", "no-cache"},
		{"/dashboard/assets/a-1.js", "identity", 200, "", "script()", "public, max-age=31536000, immutable"},
		{"/dashboard/assets/a-2.js", "br", 404, "", "404 page not found\n", ""},
		{"/dashboard/sources.sha256", "br", 200, "br", "BR page", "no-cache"},
		{"/dashboard", "br", 302, "", "", ""},
	} {
		rec := w.send(None, "GET", c.path, "", "Accept-Encoding", c.accepts)
		h := rec.Header()
		if rec.Code != c.status || h.Get("Content-Encoding") != c.coding || h.Get("Cache-Control") != c.caching || c.status == 200 && rec.Body.String() != c.body {
			t.Errorf("%s for %q is answered with %d, %q, %q: %.60q", c.path, c.accepts, rec.Code, h.Get("Content-Encoding"), h.Get("Cache-Control"), rec.Body)
		}
		if h.Get("Content-Security-Policy") != consolePolicy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
			t.Errorf("%s lacks headers for safety: %v", c.path, h)
		}
	}
	if rec := w.send(None, "POST", "/dashboard/", ""); rec.Code != 405 {
		t.Errorf("POST is answered with %d", rec.Code)
	}
}

// A browser asks whether the page is still as it was; each form has a tag of its own.
func TestConsoleTags(t *testing.T) {
	w := consoleOf(t)
	ask := func(accepts, tag string) *httptest.ResponseRecorder {
		return w.send(None, "GET", "/dashboard/", "", "Accept-Encoding", accepts, "If-None-Match", tag)
	}
	br, gz := ask("br", "").Header().Get("ETag"), ask("gzip", "").Header().Get("ETag")
	if br == gz || br == "" {
		t.Errorf("the tags are %s and %s", br, gz)
	}
	if rec := ask("br", br); rec.Code != 304 || rec.Body.Len() > 0 {
		t.Errorf("the same form is answered with %d", rec.Code)
	}
	if rec := ask("gzip", br); rec.Code != 200 {
		t.Errorf("the other form is answered with %d", rec.Code)
	}
}

func TestConsoleFiles(t *testing.T) {
	for want, files := range map[string]fstest.MapFS{
		"index.html":    {"a.js.gz": packed(""), "a.js.br": {}},
		"what is a.exe": {"a.exe.gz": packed(""), "a.exe.br": {}},
		"not exist":     {"index.html.gz": packed("")},
	} {
		if _, err := Dashboard(files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("files without %s: %v", want, err)
		}
	}
}
