package admin

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"moongate/gateway/schema"
)

// The whole configuration is replaced only if nobody was faster, and only what has a
// tag if that is what is asked for.
func TestConfigIfMatch(t *testing.T) {
	w := newWorld(t)
	file := func(name string) string {
		return `{"_format_version":"3.0","services":[{"name":"` + name + `","host":"h","tags":["t"]}]}`
	}
	first := w.send(Admin, "GET", "/config", "").Header().Get("ETag")
	w.must(201, "POST", "/config", file("a"), "If-Match", first)
	w.must(412, "POST", "/config", file("b"), "If-Match", first)
	w.must(412, "POST", "/config?dry_run=1", file("b"), "If-Match", first)
	w.must(412, "POST", "/config", file("b"), "If-Match", `"x"`)
	second := w.send(Admin, "GET", "/config", "").Header().Get("ETag")
	w.must(200, "PUT", "/services/other", `{"host":"h"}`)
	w.must(412, "POST", "/config", file("b"), "If-Match", second)
	w.must(201, "POST", "/config?tags=t", file("b"))
	w.must(404, "GET", "/services/a", "")
	w.must(200, "GET", "/services/other", "")
}

func TestETags(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/services", `{"name":"a","host":"h"}`)
	tag := w.send(Admin, "GET", "/services/a", "").Header().Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if rec := w.send(Admin, "GET", "/services/a", "", "If-None-Match", tag); rec.Code != 304 || rec.Body.Len() != 0 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.must(412, "PATCH", "/services/a", `{"retries":1}`, "If-Match", `"old"`)
	w.must(200, "PATCH", "/services/a", `{"retries":1}`, "If-Match", `"old", `+tag)
	w.must(412, "PATCH", "/services/a", `{"retries":2}`, "If-Match", tag)
	w.must(412, "DELETE", "/services/a", "", "If-Match", tag)
	w.must(412, "PUT", "/services/a", `{"host":"h"}`, "If-None-Match", "*")
	w.must(200, "PUT", "/services/b", `{"host":"h"}`, "If-None-Match", "*")
	w.must(412, "PUT", "/services/c", `{"host":"h"}`, "If-Match", "*")
	w.must(200, "PUT", "/services/a", `{"host":"h"}`, "If-Match", "*")
	rec := w.send(Admin, "PATCH", "/services/a", `{"retries":4}`)
	w.must(204, "DELETE", "/services/a", "", "If-Match", rec.Header().Get("ETag"))
}

func TestDryRun(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/consumers", `{"username":"u"}`)
	w.must(201, "POST", "/consumers/u/key-auth", `{"key":"k"}`)
	for _, c := range []struct {
		method, path, body string
		status, changes    int
	}{
		{"POST", "/services", `{"name":"a","host":"h"}`, 200, 1},
		{"DELETE", "/consumers/u", "", 200, 2},
		{"DELETE", "/services/a", "", 200, 0},
		{"POST", "/services", `{}`, 400, 0},
		{"POST", "/batch", `{"operations":[{"method":"DELETE","path":"/consumers/u"},{"method":"POST","path":"/services","body":{"host":"h"}}]}`, 200, 3},
		{"POST", "/config", `{"_format_version":"3.0","services":[{"name":"a","host":"h"}]}`, 201 - 1, 3},
		{"POST", "/revisions/0/rollback", "", 200, 2},
	} {
		body := w.must(c.status, c.method, c.path+"?dry_run=1", c.body)
		if changes, _ := body["changes"].([]any); len(changes) != c.changes || c.status == 200 && body["dry_run"] != true {
			t.Errorf("%s %s: %v", c.method, c.path, body)
		}
	}
	if _, at := w.d.Now(); at != 2 {
		t.Errorf("revision %d: something was kept", at)
	}
}

// Every way to write waits for the workers; a dry run does not.
func TestApplied(t *testing.T) {
	w := newWorld(t)
	var waited []uint64
	w.h.Applied = func(_ context.Context, revision uint64) { waited = append(waited, revision) }
	w.must(201, "POST", "/services", `{"name":"a","host":"h"}`)
	w.must(200, "POST", "/batch", `{"operations":[{"method":"PUT","path":"/consumers/u","body":{}}]}`)
	w.must(201, "POST", "/config", `{"_format_version":"3.0"}`)
	w.must(200, "POST", "/revisions/1/rollback", "")
	w.must(200, "POST", "/services?dry_run=1", `{"host":"h"}`)
	w.must(400, "POST", "/services", `{}`)
	if fmt.Sprint(waited) != "[1 2 3 4]" {
		t.Errorf("%v", waited)
	}
}

func TestBatch(t *testing.T) {
	w := newWorld(t)
	body := w.must(200, "POST", "/batch", `{"operations":[
		{"method":"PUT","path":"/services/a","body":{"host":"h"}},
		{"method":"post","path":"/services/a/routes","body":{"name":"r","paths":["/"]}},
		{"method":"PATCH","path":"/services/a","body":{"retries":1}},
		{"method":"PUT","path":"/consumers/u","body":{}},
		{"method":"DELETE","path":"/consumers/u"}]}`)
	results := body["results"].([]any)
	if len(results) != 5 || body["revision"] != 1.0 || results[1].(map[string]any)["status"] != 201.0 || results[4].(map[string]any)["status"] != 204.0 {
		t.Errorf("%v", body)
	}
	rev := w.must(200, "GET", "/revisions/1", "")
	if changes := rev["changes"].([]any); len(changes) != 2 || rev["who"] != "the-admin" {
		t.Errorf("%v", rev)
	}
	bad := w.must(409, "POST", "/batch", `{"operations":[{"method":"PUT","path":"/services/b","body":{"host":"h"}},{"method":"POST","path":"/services","body":{"name":"a","host":"h"}}]}`)
	if bad["operation"] != 1.0 || bad["path"] != "/services" || bad["code"] != 5.0 {
		t.Errorf("%v", bad)
	}
	w.must(404, "GET", "/services/b", "")
	w.must(404, "POST", "/batch", `{"operations":[{"method":"PATCH","path":"/services/a/routes/x","body":{}}]}`)
	for _, op := range []string{
		`{"method":"GET","path":"/services"}`, `{"method":"PUT","path":"/config","body":{}}`, `{"method":"PUT","path":"services/a"}`,
		`{"method":"PUT","path":"/services/a?x=1"}`, `{"method":"PUT","path":"/services/a","body":[]}`, `7`, `{}`, `{"method":"POST","path":"/services/a"}`,
	} {
		w.must(400, "POST", "/batch", `{"operations":[`+op+`]}`)
	}
	w.must(400, "POST", "/batch", `{}`)
}

func TestHistory(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		w.must(201, "POST", "/services", fmt.Sprintf(`{"name":"s%d","host":"h"}`, i), "X-Reason", fmt.Sprint("reason ", i))
	}
	w.must(200, "PATCH", "/services/s0", `{"retries":9,"tags":["x"]}`)
	page := w.must(200, "GET", "/revisions?size=4", "")
	data := page["data"].([]any)
	last := data[0].(map[string]any)
	change := last["changes"].([]any)[0].(map[string]any)
	if len(data) != 4 || page["next"] != "/revisions?before=3&size=4" || last["number"] != 6.0 || change["action"] != "update" ||
		fmt.Sprint(change["fields"]) != "[retries tags]" || change["old"].(map[string]any)["retries"] != 5.0 {
		t.Errorf("%v", page)
	}
	if page = w.must(200, "GET", page["next"].(string), ""); len(page["data"].([]any)) != 2 || page["next"] != nil {
		t.Errorf("%v", page)
	}
	audit := w.must(200, "GET", "/audit?who=the-admin", "")["data"].([]any)
	if first := audit[5].(map[string]any); len(audit) != 6 || first["why"] != "reason 0" || first["who"] != "the-admin" || first["changes"].([]any)[0].(map[string]any)["name"] != "s0" {
		t.Errorf("%v", audit)
	}
	if none := w.must(200, "GET", "/audit?who=x", "")["data"].([]any); len(none) != 0 {
		t.Errorf("%v", none)
	}
	w.must(200, "POST", "/revisions/2/rollback", "")
	if list := w.must(200, "GET", "/services", "")["data"].([]any); len(list) != 2 {
		t.Errorf("%d services", len(list))
	}
	w.must(404, "POST", "/revisions/99/rollback", "")
	w.must(404, "GET", "/revisions/99", "")
	w.must(404, "GET", "/revisions/x", "")
	w.must(400, "GET", "/revisions?before=x", "")
}

func TestReleaseActions(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/upstreams", `{"name":"up"}`)
	w.must(201, "POST", "/releases", `{"name":"gray","upstream":{"name":"up"},"candidate":{"version":"v2"}}`)
	for _, c := range []struct {
		action, body string
		status       int
		state        string
		reason       string
	}{
		{"resume", "", 200, "running", ""},
		{"pause", `{"reason":"lunch"}`, 200, "paused", "lunch"},
		{"pause", "", 200, "paused", "lunch"},
		{"resume", "", 200, "running", "resumed by the-admin"},
		{"promote", "reason=good", 200, "promoted", "good"},
		{"pause", "", 409, "promoted", "good"},
		{"abort", "", 409, "promoted", "good"},
		{"promote", "", 200, "promoted", "good"},
	} {
		w.must(c.status, "POST", "/releases/gray/"+c.action, c.body)
		doc := w.must(200, "GET", "/releases/gray", "")
		if reason, _ := doc["reason"].(string); doc["state"] != c.state || reason != c.reason {
			t.Errorf("%s: %v %q", c.action, doc["state"], reason)
		}
	}
	w.must(404, "POST", "/releases/nobody/pause", "")
	w.must(404, "POST", "/releases/gray/explode", "")
}

func TestConfig(t *testing.T) {
	w := newWorld(t)
	yaml := "_format_version: \"3.0\"\nservices:\n- name: a\n  host: h\n  routes:\n  - name: r\n    paths: [/]\n"
	made := w.must(201, "POST", "/config", yaml, "Content-Type", "text/yaml")
	if len(made["services"].(map[string]any)) != 1 || len(made["routes"].(map[string]any)) != 1 {
		t.Errorf("%v", made)
	}
	w.must(201, "POST", "/config", `{"_format_version":"3.0","services":[{"name":"b","host":"h"}]}`)
	w.must(404, "GET", "/services/a", "")
	w.must(201, "POST", "/config", "config="+strings.ReplaceAll(strings.ReplaceAll(yaml, "\n", "%0A"), " ", "+"))
	w.must(200, "GET", "/routes/r", "")
	text := w.must(200, "GET", "/config", "")["config"].(string)
	if !strings.Contains(text, "_format_version: \"3.0\"") || !strings.Contains(text, "name: r") {
		t.Errorf("%s", text)
	}
	if rec := w.send(Viewer, "GET", "/config", "", "Accept", "application/yaml"); rec.Body.String() != text {
		t.Errorf("%s", rec.Body)
	}
	_, before := w.d.Now()
	w.must(304, "POST", "/config?check_hash=1", text, "Content-Type", "text/yaml")
	if _, at := w.d.Now(); at != before {
		t.Error("what was exported is not the same")
	}
	for _, body := range []string{`{}`, `{"config":": :"}`, `{"_format_version":"0.9"}`} {
		w.must(400, "POST", "/config", body)
	}
	bad := w.must(400, "POST", "/config?flatten_errors=1",
		`{"_format_version":"3.0","services":[{"name":"a","host":"h","port":-1,"tags":["t"],"routes":[{"name":"r","paths":["x"],"strip_path":1}]}]}`)
	flat := bad["flattened_errors"].([]any)
	if len(flat) != 2 || bad["code"] != 14.0 {
		t.Fatalf("%v", bad)
	}
	for _, e := range flat {
		e := e.(map[string]any)
		errs := e["errors"].([]any)
		first := errs[0].(map[string]any)
		switch e["entity_type"] {
		case "service":
			if e["entity_name"] != "a" || len(errs) != 1 || first["field"] != "port" || first["type"] != "field" || e["entity"].(map[string]any)["routes"] != nil {
				t.Errorf("%v", e)
			}
		case "route":
			if e["entity_name"] != "r" || len(errs) != 2 || first["field"] != "paths.1" {
				t.Errorf("%v", e)
			}
		default:
			t.Errorf("%v", e)
		}
	}
}

func selfSigned(t *testing.T) (cert, key string) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	b, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	pemOf := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	return pemOf("CERTIFICATE", der), pemOf("PRIVATE KEY", b)
}

// A certificate's snis are a field to clients, as in Kong.
func TestCertificateNames(t *testing.T) {
	w := newWorld(t)
	cert, key := selfSigned(t)
	body := func(snis string) string {
		b, err := schema.Encode(map[string]any{"cert": cert, "key": key})
		if err != nil {
			t.Fatal(err)
		}
		if snis == "" {
			return string(b)
		}
		return strings.TrimSuffix(string(b), "}") + `,"snis":` + snis + "}"
	}
	snis := func(doc map[string]any) string { return fmt.Sprint(doc["snis"]) }
	one := w.must(201, "POST", "/certificates", body(`["b.example","a.example"]`))
	id := one["id"].(string)
	if snis(one) != "[a.example b.example]" {
		t.Errorf("%v", snis(one))
	}
	if got := w.must(200, "GET", "/certificates/a.example", ""); got["id"] != id || snis(got) != "[a.example b.example]" {
		t.Errorf("%v", got)
	}
	if got := w.must(200, "PATCH", "/certificates/"+id, `{"snis":["a.example","c.example"]}`); snis(got) != "[a.example c.example]" {
		t.Errorf("%v", got)
	}
	w.must(404, "GET", "/snis/b.example", "")
	if got := w.must(200, "PATCH", "/certificates/"+id, `{"tags":["x"]}`); snis(got) != "[a.example c.example]" {
		t.Errorf("%v", got)
	}
	two := w.must(200, "PUT", "/certificates/d.example", body(`["e.example"]`))
	if snis(two) != "[d.example e.example]" || two["id"] == id {
		t.Errorf("%v", two)
	}
	if got := w.must(200, "PUT", "/certificates/"+id, body("")); snis(got) != "[]" {
		t.Errorf("%v", got)
	}
	w.must(400, "POST", "/certificates", body(`["e.example"]`))
	w.must(400, "POST", "/certificates", body(`["f.example","f.example"]`))
	w.must(400, "POST", "/certificates", body(`7`))
	w.must(201, "POST", "/certificates/e.example/snis", `{"name":"g.example"}`)
	if got := w.must(200, "GET", "/certificates/e.example/snis", ""); len(got["data"].([]any)) != 3 {
		t.Errorf("%v", got)
	}
}

// event is one of a stream.
type event struct{ id, kind, data string }

func readEvent(t *testing.T, in *bufio.Reader) (e event) {
	t.Helper()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			if e != (event{}) {
				return e
			}
		}
	}
}

func (w *world) serve() string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.h.Serve(ctx, ln) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}

func (w *world) open(url, lastID string) *bufio.Reader {
	if lastID == "" {
		return w.follow(Viewer, url+"/events")
	}
	return w.follow(Viewer, url+"/events", "Last-Event-ID", lastID)
}

// follow opens a stream; header has pairs.
func (w *world) follow(role Role, url string, header ...string) *bufio.Reader {
	r, err := http.NewRequestWithContext(w.t.Context(), "GET", url, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Kong-Admin-Token", w.tokens[role])
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { a.Body.Close() })
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/event-stream" {
		w.t.Fatalf("%d %v", a.StatusCode, a.Header)
	}
	return bufio.NewReader(a.Body)
}

func TestEvents(t *testing.T) {
	w := newWorld(t)
	url := w.serve()
	w.must(201, "POST", "/consumers", `{"username":"u"}`)
	w.must(201, "POST", "/consumers/u/key-auth", `{"key":"hush"}`)
	live, late := w.open(url, ""), w.open(url, "1")
	if e := readEvent(t, late); e.id != "2" || e.kind != "revision" || strings.Contains(e.data, "hush") || !strings.Contains(e.data, `"key":"***"`) {
		t.Errorf("%v", e)
	}
	w.must(201, "POST", "/services", `{"name":"a","host":"h"}`)
	for _, in := range []*bufio.Reader{live, late} {
		if e := readEvent(t, in); e.id != "3" || !strings.Contains(e.data, `"action":"create"`) {
			t.Errorf("%v", e)
		}
	}
	w.h.Announce("health", map[string]any{"target": "t", "health": "unhealthy"})
	for _, in := range []*bufio.Reader{live, late} {
		if e := readEvent(t, in); e != (event{"", "health", `{"health":"unhealthy","target":"t"}`}) {
			t.Errorf("%v", e)
		}
	}
	if e := readEvent(t, w.open(url, "77")); e.kind != "reset" || e.id != "3" {
		t.Errorf("%v", e)
	}
	if rec := w.send(Viewer, "GET", "/events", "", "Last-Event-ID", "x"); rec.Code != 400 {
		t.Errorf("%d", rec.Code)
	}
}

// What was missed comes in order, then what is new; pages of large revisions end
// early, and lose none.
func TestLongHistory(t *testing.T) {
	w := newWorld(t)
	const n = 45
	for i := range n {
		ops := fmt.Sprintf(`{"username":"u%d","tags":[%s"x"]}`, i, strings.Repeat(`"`+strings.Repeat("t", 300)+`",`, 1))
		if i == 20 { // one that is more than a page
			var many []string
			for k := range 3000 {
				many = append(many, fmt.Sprintf(`{"method":"POST","path":"/consumers","body":{"username":"v%d","custom_id":"%s-%d"}}`, k, strings.Repeat("c", 3000), k))
			}
			w.must(200, "POST", "/batch", `{"operations":[`+strings.Join(many, ",")+`]}`)
			continue
		}
		w.must(201, "POST", "/consumers", ops)
	}
	want, pages := n, 0
	for next := any("/revisions?size=30"); next != nil; pages++ {
		page := w.must(200, "GET", next.(string), "")
		for _, r := range page["data"].([]any) {
			if got := r.(map[string]any)["number"]; got != float64(want) {
				t.Fatalf("revision %v instead of %d", got, want)
			}
			want--
		}
		next = page["next"]
	}
	if want != 0 || pages != 2 && pages != 3 {
		t.Errorf("%d revisions are missing on %d pages", want, pages)
	}
	in := w.open(w.serve(), "22")
	w.must(201, "POST", "/consumers", `{"username":"last"}`)
	for i := 23; i <= n+1; i++ {
		if e := readEvent(t, in); e.id != fmt.Sprint(i) {
			t.Fatalf("event %s instead of %d", e.id, i)
		}
	}
}

// A stream lives longer than other answers may take.
func TestEventsOutliveTimeouts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.h.timeout = 100 * time.Millisecond
	in := w.open(w.serve(), "")
	time.Sleep(3 * w.h.timeout)
	w.must(201, "POST", "/services", `{"name":"a","host":"h"}`)
	if e := readEvent(t, in); e.id != "1" {
		t.Errorf("%v", e)
	}
}

func TestStoreIsAway(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/services", `{"name":"a","host":"h"}`)
	w.store.Down(errors.New("no route to host"))
	rec := w.send(Admin, "POST", "/services", `{"name":"b","host":"h"}`)
	if rec.Code != 503 || rec.Header().Get("Retry-After") == "" || !strings.Contains(rec.Body.String(), "no route to host") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.must(200, "GET", "/services/a", "")
	w.must(503, "GET", "/revisions", "")
	if s := w.must(200, "GET", "/status", ""); s["database"].(map[string]any)["reachable"] != false {
		t.Errorf("%v", s)
	}
	w.must(503, "GET", "/status/ready", "")
}
