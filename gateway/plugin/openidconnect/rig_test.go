package openidconnect_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
	"moongate/test/idp"
)

const gateway = "http://gw.test"

// world is a provider, a gateway that knows it, and browsers.
type world struct {
	*idp.Provider
	g      *httpdtest.Rig
	t      testing.TB
	served *string // by serveOnce
}

func newWorld(t testing.TB, config string, docs ...string) *world {
	t.Helper()
	p, err := idp.Start("127.0.0.1:0", []string{gateway + "/back", gateway + "/page", gateway + "/"}, []string{gateway + "/bye"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Down)
	w := &world{Provider: p, t: t}
	w.serve(config, docs...)
	return w
}

// serve has another gateway, with another configuration.
func (w *world) serve(config string, docs ...string) {
	w.t.Helper()
	all := `{"issuer":"` + w.Issuer + `","client_id":["web"],"client_secret":["` + idp.Secret + `"],"scopes":["openid","profile","offline_access"],` +
		`"session_secret":"a secret for tests","rediscovery_lifetime":1` + config + `}`
	w.served = nil
	w.g = plugintest.Ask(w.t, plugintest.World(append(docs, plugintest.Another("openid-connect", all))...)...)
}

// serveOnce is serve, unless it has had that one before, and nothing since.
func (w *world) serveOnce(config string) {
	w.t.Helper()
	if w.served == nil || *w.served != config {
		w.serve(config)
		w.served = &config
	}
}

// usual is a configuration with an address for coming back.
const usual = `,"redirect_uri":["` + gateway + `/back"],"login_action":"redirect","logout_query_arg":"out","logout_methods":["GET"],"logout_redirect_uri":["` + gateway + `/bye"]`

// browser keeps cookies and follows redirects, between gateway and provider.
type browser struct {
	http.Client
	t    testing.TB
	trip []string // where it was
}

func (w *world) browser() *browser {
	b := &browser{t: w.t}
	b.Jar, _ = cookiejar.New(nil)
	b.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if strings.HasSuffix(addr, "gw.test:80") {
			return net.Dial("unix", w.g.Dir+"/s")
		}
		return net.Dial(network, addr)
	}}
	b.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if len(via) > 10 {
			return fmt.Errorf("round and round: %q", b.trip)
		}
		b.trip = append(b.trip, r.URL.String())
		return nil
	}
	return b
}

// stiff is a browser that follows no redirects.
func (w *world) stiff() *browser {
	b := w.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// page is an answer.
type page struct {
	status int
	at     *url.URL
	header http.Header
	body   string
}

func (b *browser) do(r *http.Request) *page {
	b.t.Helper()
	b.trip = []string{r.URL.String()}
	a, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &page{a.StatusCode, a.Request.URL, a.Header, string(body)}
}

func (b *browser) get(to string, headers ...string) *page {
	b.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = gateway + to
	}
	r, err := http.NewRequest("GET", to, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, h := range headers {
		name, v, _ := strings.Cut(h, ": ")
		r.Header.Set(name, v)
	}
	return b.do(r)
}

var loginID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// login fills in the provider's login page.
func (b *browser) login(p *page) *page {
	b.t.Helper()
	m := loginID.FindStringSubmatch(p.body)
	if m == nil {
		b.t.Fatalf("no login page: %d %s %q", p.status, p.at, p.body)
	}
	form := url.Values{"id": {m[1]}, "username": {idp.User}, "password": {idp.Password}}
	r, err := http.NewRequest("POST", p.at.Scheme+"://"+p.at.Host+"/login/username", strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// sent is a header that the service has got, "" without it.
func (p *page) sent(name string) string {
	for line := range strings.SplitSeq(p.body, "\r\n") {
		if n, v, ok := strings.Cut(line, ": "); ok && strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

// line is the request line that the service has got.
func (p *page) line() string {
	line, _, _ := strings.Cut(p.body, "\r\n")
	return line
}

func (p *page) String() string {
	return fmt.Sprintf("%d %s %v %.300q", p.status, p.at, p.header["Set-Cookie"], p.body)
}

// cookies are the names of those that a browser has for the gateway.
func (b *browser) cookies() string {
	u, _ := url.Parse(gateway)
	var names []string
	for _, c := range b.Jar.Cookies(u) {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}
