package plugintest

import (
	"net/netip"
	"sort"
	"strings"
	"testing"

	"moongate/core/config/directive"
	"moongate/engine/cache"
	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
)

// What tests of plugins need that are about who asks.

// Client is the header by which a test says from which address a request comes. The
// gateway doesn't see it.
const Client = "Test-Client"

// address is the module behind Client: connections of tests come through a unix socket. Its
// cache_zone is proxy_cache_path for configurations that have no proxy.
var address = &httpd.Module{
	Name:     "plugintest",
	Handlers: []httpd.PhaseHandler{{Phase: httpd.PostRead, Run: comeFrom}},
	NewMain:  func() any { return new(zones) },
	Directives: []directive.Directive{
		{Name: "cache_zone", In: directive.HTTP, Args: directive.TwoMore, Set: directive.Func(declareZone), Doc: "A cache zone."},
	},
}

type zones struct{}

func declareZone(c *directive.Call, _ *zones) error {
	_, err := cache.Declare(httpd.BuilderOf(c).Cycle, c)
	return err
}

func comeFrom(r *httpd.Request) httpd.Result {
	v, ok := r.In.Get(Client)
	if !ok {
		return httpd.Declined
	}
	a, err := netip.ParseAddr(v)
	if err != nil {
		return 400
	}
	r.In.Del(Client)
	r.Conn.ReplaceRemoteAddr(netip.AddrPortFrom(a, 1234))
	r.AtEnd(r.Conn.RestoreRemoteAddr)
	return httpd.Declined
}

// Consumers, and how other documents name them.
const (
	Alice = `consumers {"id":"00000000-0000-4000-8000-0000000000a1","username":"alice","custom_id":"c-alice"}`
	Bob   = `consumers {"id":"00000000-0000-4000-8000-0000000000b1","username":"bob"}`
	Guest = `consumers {"id":"00000000-0000-4000-8000-0000000000c1","username":"guest"}`

	OfAlice = `"consumer":{"id":"00000000-0000-4000-8000-0000000000a1"}`
	OfBob   = `"consumer":{"id":"00000000-0000-4000-8000-0000000000b1"}`
	OfGuest = `"consumer":{"id":"00000000-0000-4000-8000-0000000000c1"}`
)

// World is a service, a route, three consumers, and more documents.
func World(docs ...string) []string {
	return append([]string{ServiceDoc, RouteDoc, Alice, Bob, Guest}, docs...)
}

// Another is the document of a plugin for all, beside other ones.
func Another(name, config string) string {
	return `plugins {"name":"` + name + `","config":` + config + `}`
}

// Ask serves entities with the service Whole.
func Ask(t testing.TB, docs ...string) *httpdtest.Rig {
	t.Helper()
	return ServeWith(t, Whole, docs...)
}

// Whole is a service that answers with all that it would get: request line, headers of
// the client and of the gateway, body.
func Whole(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
	if res := r.ReadBody(); res != httpd.OK {
		return res
	}
	var b strings.Builder
	b.WriteString(r.MethodName + " " + t.URI + "\r\n")
	for i := range r.In.List {
		if h := &r.In.List[i]; t.Without == nil || !t.Without.Has(h) {
			b.WriteString(h.Name + ": " + h.Value + "\r\n")
		}
	}
	b.Write(t.Lines)
	b.WriteString("\r\n")
	b.Write(r.Body.Mem)
	return r.SendText(200, "text/plain", b.String())
}

// Sent is what the service would have got, by an answer of Whole: the request line,
// headers of these names, and the body, with "|" between them.
func Sent(answer string, names ...string) string {
	head, body, _ := strings.Cut(httpdtest.Body(answer), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	out := lines[:1:1]
	for _, want := range names {
		for _, line := range lines[1:] {
			if name, _, _ := strings.Cut(line, ":"); strings.EqualFold(name, want) {
				out = append(out, line)
			}
		}
	}
	if body != "" {
		out = append(out, body)
	}
	return strings.Join(out, "|")
}

// Said is what the gateway says: of an answer of Whole what the service is told of who
// asks, of others the status, the challenge if there is one, and the body.
func Said(answer string) string {
	if strings.HasPrefix(answer, "HTTP/1.1 200 ") {
		return who(answer)
	}
	out := httpdtest.Status(answer)
	if v := httpdtest.Header(answer, "WWW-Authenticate"); v != "" {
		out += " " + v
	}
	return out + " " + httpdtest.Body(answer)
}

func who(answer string) string {
	head, _, _ := strings.Cut(httpdtest.Body(answer), "\r\n\r\n")
	var out []string
	for line := range strings.SplitSeq(head, "\r\n") {
		for name, short := range map[string]string{"X-Consumer-Username: ": "consumer", "X-Consumer-Custom-ID: ": "custom", "X-Credential-Identifier: ": "credential",
			"X-Anonymous-Consumer: ": "anonymous", "X-Consumer-Groups: ": "groups", "X-Authenticated-Groups: ": "authenticated groups"} {
			if v, ok := strings.CutPrefix(line, name); ok {
				out = append(out, short+"="+v)
			}
		}
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}
