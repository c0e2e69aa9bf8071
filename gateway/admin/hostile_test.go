package admin

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Bodies that are made to hurt are refused, or cost no more than they weigh.
func TestHostileBodies(t *testing.T) {
	w := newWorld(t)
	const mb = 1 << 20
	for name, c := range map[string]struct{ path, body, kind string }{
		"large":          {"/services", `{"name":"` + strings.Repeat("a", 2*mb) + `"}`, "application/json"},
		"deep":           {"/services", `{"tags":` + strings.Repeat("[", mb/2) + strings.Repeat("]", mb/3) + `}`, "application/json"},
		"deep objects":   {"/services", strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000), "application/json"},
		"many values":    {"/routes", `{"paths":[` + strings.Repeat("0,", mb/2-100) + `0]}`, "application/json"},
		"many faults":    {"/routes", `{"paths":[` + strings.Repeat("0,", 15_000) + `0]}`, "application/json"},
		"large number":   {"/services", `{"host":"h","port":1` + strings.Repeat("0", mb/2) + `}`, "application/json"},
		"large exponent": {"/services", `{"host":"h","port":1e999999999}`, "application/json"},
		"large index":    {"/routes", "paths[2147483647]=/&hosts[2147483646]=a&paths[99999999999999]=/", "application/x-www-form-urlencoded"},
		"many fields":    {"/routes", strings.Repeat("a=b&", 5000), "application/x-www-form-urlencoded"},
		"deep name":      {"/plugins", "name=rate-limiting&config" + strings.Repeat(".a", 10_000) + "=1", "application/x-www-form-urlencoded"},
		"many indexes":   {"/plugins", "name=rate-limiting&config" + strings.Repeat("[1]", 10_000) + "=1", "application/x-www-form-urlencoded"},
		"many parts":     {"/services", strings.Repeat("--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n", 9000) + "--x--", "multipart/form-data; boundary=x"},
		"yaml bomb":      {"/config", bomb(), "text/yaml"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rec := w.send(Admin, "POST", c.path, c.body, "Content-Type", c.kind)
		runtime.ReadMemStats(&after)
		if rec.Code != 400 && rec.Code != 413 {
			t.Errorf("%s: %d %.200s", name, rec.Code, rec.Body)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) / mb; used > 200 {
			t.Errorf("%s: %d MB were allocated for %d bytes", name, used, len(c.body))
		}
	}
}

// bomb is small until its aliases are followed.
func bomb() string {
	var b strings.Builder
	b.WriteString("_format_version: \"3.0\"\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return b.String()
}

func TestHostilePaths(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/services/%00", "//services", "/services//a", "/" + strings.Repeat("a", 5000), "/services?" + strings.Repeat("a&", 2000), "/services?%zz=1",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Kong-Admin-Token", w.tokens[Admin])
		raw, query, _ := strings.Cut(path, "?")
		r.URL.RawQuery = query
		r.URL.Path, r.URL.RawPath = strings.ReplaceAll(raw, "%00", "\x00"), raw
		rec := httptest.NewRecorder()
		w.h.ServeHTTP(rec, r)
		if rec.Code != 400 {
			t.Errorf("%.40s: %d", path, rec.Code)
		}
	}
	w.must(404, "GET", "/services/..%2f..%2fetc", "")
	w.must(404, "GET", "/services/%E4%B8%AD", "")
}

func TestTooManyAtOnce(t *testing.T) {
	w := newWorld(t)
	for range maxRequests {
		w.h.slots <- struct{}{}
	}
	if rec := w.send(Admin, "GET", "/services", ""); rec.Code != 503 || rec.Header().Get("Retry-After") == "" {
		t.Errorf("%d", rec.Code)
	}
	<-w.h.slots
	w.must(200, "GET", "/services", "")
	w.must(200, "GET", "/services", "")
	<-w.h.slots
	for range maxBulky {
		w.h.bulky <- struct{}{}
	}
	w.must(503, "POST", "/services", `{"host":"`+strings.Repeat("h", bulky)+`"}`)
	w.must(201, "POST", "/services", `{"host":"h"}`)
	<-w.h.bulky
	w.must(400, "POST", "/services", `{"host":"`+strings.Repeat("h", bulky)+`"}`)
	w.must(400, "POST", "/services", `{"host":"`+strings.Repeat("h", bulky)+`"}`)
	for range maxWriters {
		w.h.writers <- struct{}{}
	}
	w.must(503, "POST", "/services", `{"host":"h"}`)
	w.must(200, "POST", "/services?dry_run=1", `{"host":"h"}`)
	w.must(200, "GET", "/services", "")
	for range maxWriters {
		<-w.h.writers
	}
	for range maxLarge {
		w.h.large <- struct{}{}
	}
	w.must(503, "POST", "/batch", `{"operations":[]}`)
	w.must(503, "POST", "/config", `{}`)
	for range maxStreams {
		w.h.streams <- struct{}{}
	}
	w.must(503, "GET", "/events", "")
}

// The server: large headers, slow heads, a listener that others can reach.
func TestServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if w.h.head != headerTimeout {
		t.Errorf("a head has %v", w.h.head)
	}
	w.h.head = 300 * time.Millisecond
	url := w.serve()
	r, err := http.NewRequest("GET", url+"/services", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Large", strings.Repeat("a", 64<<10))
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode != 431 {
		t.Errorf("%d", a.StatusCode)
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	start := time.Now()
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n"); err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(start.Add(headerTimeout))
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("a head that never ends: %v after %v", err, time.Since(start))
	}
	w.h.Tokens = nil
	if err := w.h.Serve(t.Context(), elsewhere{}); err == nil || !strings.Contains(err.Error(), "needs tokens") {
		t.Errorf("%v", err)
	}
}

// elsewhere is a listener that is not loopback.
type elsewhere struct{ net.Listener }

func (elsewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 8001} }
func (elsewhere) Close() error   { return nil }

// Whatever is sent, there is an answer that says what is wrong, and it is no 500.
func FuzzRequests(f *testing.F) {
	f.Add("POST", "/services", "application/json", []byte(`{"name":"a","host":"h"}`))
	f.Add("PUT", "/services/a/routes/b", "application/json", []byte(`{"paths":["/a"],"headers":{"x":["1"]}}`))
	f.Add("POST", "/plugins", "application/x-www-form-urlencoded", []byte("name=rate-limiting&config.minute=5&config.names[]=a"))
	f.Add("PATCH", "/routes/b", "application/x-www-form-urlencoded", []byte("paths[1]=/a&paths[]=/b&headers.x[]=1&sources[1].ip=1.2.3.4"))
	f.Add("POST", "/certificates", "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"snis[]\"\r\n\r\na\r\n--x--"))
	f.Add("POST", "/config", "text/yaml", []byte("_format_version: \"3.0\"\nservices: [{name: a, host: h}]"))
	f.Add("POST", "/config?flatten_errors=1", "application/json", []byte(`{"_format_version":"3.0","routes":[{"paths":[1]}]}`))
	f.Add("POST", "/batch", "application/json", []byte(`{"operations":[{"method":"PUT","path":"/consumers/u","body":{}}]}`))
	f.Add("POST", "/schemas/plugins/validate", "application/json", []byte(`{"name":7}`))
	f.Add("GET", "/tags/x?offset=AA&size=3", "", []byte(nil))
	f.Add("GET", "/routes?tags=a,b/c&offset=WyJhIl0", "", []byte(nil))
	f.Add("POST", "/releases/x/pause?dry_run=1", "application/json", []byte(`{"reason":1}`))
	f.Add("DELETE", "/upstreams/a/targets/%20", "", []byte(nil))
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, method, target, kind string, body []byte) {
		r := httptest.NewRequest("GET", "/", bytes.NewReader(body))
		u, err := r.URL.Parse(target)
		if err != nil || streams(u.Path) {
			return
		}
		r.URL, r.Method = u, method
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Kong-Admin-Token", w.tokens[Admin])
		rec := httptest.NewRecorder()
		w.h.ServeHTTP(rec, r)
		if rec.Code >= 500 && rec.Code != 503 || rec.Code < 200 {
			t.Errorf("%d %s\n%s", rec.Code, rec.Body, w.logged.text())
		}
	})
}
