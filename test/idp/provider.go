package idp

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// The user that there is.
const (
	User     = "test-user2"
	Subject  = "id2"
	Password = "verysecure"
	Secret   = "secret" // of clients
)

// Provider is a provider that listens.
type Provider struct {
	Issuer string

	mu       sync.Mutex
	keys     []*key // the last one signs
	server   *httptest.Server
	asked    map[string]int
	edit     func(path string, answer map[string]any)
	before   func(w http.ResponseWriter, r *http.Request) bool
	pages    http.Handler
	memory   *memory
	requests map[string]url.Values // that were pushed
	addr     string
}

// users and clients of the example, with keys of ours.
type memory struct {
	*storage.Storage
	p          *Provider
	afterwards []string
}

// Start starts a provider on an address, such as "127.0.0.1:0". Its clients may be sent back
// to redirects after a login, and to afterwards after a logout.
func Start(addr string, redirects, afterwards []string) (*Provider, error) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the example logs each request
	p := &Provider{asked: map[string]int{}, requests: map[string]url.Values{}}
	p.use(one())
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	p.addr = l.Addr().String()
	p.Issuer = "http://" + p.addr
	clients := map[string]*storage.Client{"web": storage.WebClient("web", Secret, redirects...), "jwt": storage.WebClient("jwt", Secret, redirects...), "key": storage.WebClient("key", Secret, redirects...)}
	p.memory = &memory{storage.NewStorageWithClients(storage.NewUserStore(p.Issuer), clients), p, afterwards}

	p.pages = exampleop.SetupServer(p.Issuer, p.memory, nil, false)
	p.listen(l)
	return p, nil
}

func (p *Provider) listen(l net.Listener) {
	p.server = httptest.NewUnstartedServer(p)
	p.server.Listener.Close()
	p.server.Listener = l
	p.server.Start()
}

// Down ends the provider, which remembers all; Up starts it again.
func (p *Provider) Down() { p.server.Close() }

// Up starts it again.
func (p *Provider) Up() error {
	l, err := net.Listen("tcp", p.addr)
	if err == nil {
		p.listen(l)
	}
	return err
}

// Asked is how often a path was asked for.
func (p *Provider) Asked(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// Edit has f change the objects of JSON that the provider answers with; nil: nobody.
func (p *Provider) Edit(f func(path string, answer map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.edit = f
}

// Before has f see requests first; where it returns true it has answered.
func (p *Provider) Before(f func(w http.ResponseWriter, r *http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = f
}

// ServeHTTP implements http.Handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked[r.URL.Path]++
	edit, before := p.edit, p.before
	p.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	switch r.URL.Path {
	case "/par":
		p.pushed(w, r)
		return
	case "/auth":
		p.unfold(r)
	}
	if r.URL.Path == "/oauth/token" && r.ParseForm() == nil && r.PostForm.Get("grant_type") == "password" {
		p.memory.byPassword(w, r)
		return
	}
	if edit == nil || strings.HasPrefix(r.URL.Path, "/login") {
		p.pages.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	p.pages.ServeHTTP(rec, r)
	edited(w, rec, func(answer map[string]any) { edit(r.URL.Path, answer) })
}
