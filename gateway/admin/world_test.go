package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/gateway/admin/apitest"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/explain"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
	"moongate/gateway/store/cell"
)

// registry has two plugins: one with a number, one with a secret.
type registry struct{}

func (registry) Names() []string  { return []string{"rate-limiting", "forward-auth"} }
func (registry) Order(string) int { return 900 }
func (registry) Schema(name string) (*schema.Schema, bool) {
	field := schema.Field{Name: "minute", Kind: schema.Integer, Between: schema.Between(1, 1000)}
	more := schema.Field{Name: "names", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String}}
	switch name {
	case "rate-limiting":
	case "forward-auth":
		field = schema.Field{Name: "password", Kind: schema.String, Secret: true}
		more = schema.Field{Name: "headers", Kind: schema.Map, Elem: &schema.Field{Kind: schema.String, Secret: true}}
	default:
		return nil, false
	}
	config := schema.Field{Name: "config", Kind: schema.Record, Required: true, Shape: schema.Shape{Fields: []schema.Field{field, more}}}
	return &schema.Schema{Name: name, Shape: schema.Shape{Fields: []schema.Field{config}}}, true
}

// world is an API with a store in memory and a token for each role.
type world struct {
	t      testing.TB
	h      *Handler
	d      *desired.Desired
	store  *desired.Memory
	tokens map[Role]string
	logged *logbook
	told   *apitest.Document // what the API says of itself
	ctx    context.Context   // of requests
	users  *cell.Memory
}

type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (l *logbook) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, s)
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

var then = time.Unix(1_700_000_000, 0)

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), store: desired.NewMemory(), tokens: map[Role]string{}, logged: &logbook{}}
	model := entity.NewModel(entity.Outside{Plugins: registry{}})
	w.d = desired.Open(w.store, model, desired.Options{Now: func() time.Time { return then }, Retry: time.Millisecond})
	t.Cleanup(func() { w.d.Close() })
	path := filepath.Join(t.TempDir(), "admin.token")
	var lines []string
	for _, role := range []Role{Viewer, Operator, Admin} {
		token, line := NewToken(role, "the-"+role.String())
		w.tokens[role] = token
		lines = append(lines, line)
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens, first, err := OpenTokens(path)
	if err != nil || first != "" {
		t.Fatal(first, err)
	}
	w.users = new(cell.Memory)
	w.h, err = New(Options{
		Users:   OpenUsers(t.Context(), w.users, nil, w.logged.add),
		Desired: w.d, Tokens: tokens, Plugins: registry{}, Log: w.logged.add,
		Node:      Node{ID: "0a0b0c0d-0000-4000-8000-000000000000", Hostname: "here", Version: "1.0", Nginx: "1.31", Store: "bolt", Proxy: []Listen{{Listener: "0.0.0.0:8000", IP: "0.0.0.0", Port: 8000}}},
		Watch:     &watching{},
		Counts:    func() Counts { return Counts{Active: 3, Requests: 7, Workers: 2} },
		Explainer: explain.New([]*plugin.Plugin{{Name: "rate-limiting"}, {Name: "forward-auth"}}, nil, nil),
		Origins:   []string{"https://dashboard.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.h.passwords = newPasswords(cost{8, 1, 1})
	return w
}

// send sends a request as a role; header has pairs.
func (w *world) send(role Role, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost/", strings.NewReader(body)).WithContext(w.ctx)
	u, err := r.URL.Parse(path)
	if err != nil {
		w.t.Fatal(err)
	}
	r.URL = u
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		if body[0] != '{' && body[0] != '[' {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
	if role != None {
		r.Header.Set("Authorization", "Bearer "+w.tokens[role])
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	w.judge(r, body, rec)
	return rec
}

// judge compares a request that was taken, and its answer, with what the OpenAPI document
// tells of them.
func (w *world) judge(r *http.Request, body string, rec *httptest.ResponseRecorder) {
	w.t.Helper()
	if len(w.h.Hooks) > 0 || r.Method == "OPTIONS" || rec.Code == 302 {
		return
	}
	if w.told == nil {
		ask, doc := httptest.NewRequest("GET", "http://localhost/openapi.json", nil), httptest.NewRecorder()
		ask.Header.Set("Authorization", "Bearer "+w.tokens[Viewer])
		w.h.ServeHTTP(doc, ask)
		if doc.Code == 503 {
			return // too much is under way in this test
		}
		var err error
		if w.told, err = apitest.Read(doc.Body.Bytes()); err != nil {
			w.t.Fatal(err)
		}
	}
	path := r.URL.EscapedPath()
	if err := w.told.Answer(r.Method, path, rec.Code, rec.Header(), rec.Body.Bytes()); err != nil {
		w.t.Errorf("%v\n%s", err, rec.Body)
	}
	if rec.Code < 300 {
		if err := w.told.Request(r.Method, path, r.Header.Get("Content-Type"), []byte(body)); err != nil {
			w.t.Errorf("%v\n%s", err, body)
		}
	}
}

// must sends a request that must be answered with a status, and gives the body.
func (w *world) must(status int, method, path, body string, header ...string) map[string]any {
	w.t.Helper()
	rec := w.send(Admin, method, path, body, header...)
	if rec.Code != status {
		w.t.Fatalf("%s %s: %d, want %d: %s", method, path, rec.Code, status, rec.Body)
	}
	return object(w.t, rec.Body.String())
}

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	if text == "" {
		return nil
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out
}

// equal compares an answer with JSON.
func equal(t testing.TB, what, got, want string) {
	t.Helper()
	if want == "" || got == "" {
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, want)
		}
		return
	}
	if g, w := object(t, got), object(t, want); !reflect.DeepEqual(g, w) {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

var _ http.Handler = (*Handler)(nil)

// sendTypes sends a request as admin with these Content-Types.
func (w *world) sendTypes(method, path, body string, types ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	r.Header.Set("Kong-Admin-Token", w.tokens[Admin])
	r.Header["Content-Type"] = types
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec
}

func (w *world) sendHost(host string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://"+host+"/services", nil)
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec
}
