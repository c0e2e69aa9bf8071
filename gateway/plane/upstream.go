package plane

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/hash"
	"moongate/engine/upstream/balance/leastconn"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/gateway/entity"
	"moongate/gateway/health"
	"moongate/gateway/plugin"
)

// Upstream is an upstream at work. Its group changes in place when targets do: requests
// that are on their way are not disturbed.
type Upstream struct {
	entity.Upstream
	Group *upstream.Group
	// versions are groups of the targets that carry a version, for releases.
	versions map[string]*upstream.Group
	watch    *Watch
}

// Version is the group of the targets of one version; nil when there is none.
func (u *Upstream) Version(name string) *upstream.Group {
	if name == "" {
		return u.Group
	}
	return u.versions[name]
}

// keepIdle is how many connections to services are kept in each worker, by group.
const keepIdle = 256

// newGroup makes a group of peers; its servers come by Replace.
func newGroup(name string, b upstream.Balancer) (*upstream.Group, error) {
	k := upstream.DefaultKeepAlive
	// Services may share peers and differ in what they show them, and whom they trust.
	k.Max, k.Local = keepIdle, true
	g := &upstream.Group{Name: name, Accepts: upstream.AcceptAll, Keep: k, Balancer: b}
	return g, g.Open()
}

func newUpstream(e *entity.Upstream, old *Upstream, t *health.Table, sum *tally) (*Upstream, error) {
	u := &Upstream{Upstream: *e, versions: map[string]*upstream.Group{}}
	if old != nil && old.sameChoice(e) {
		u.Group, u.versions, u.watch = old.Group, old.versions, old.watch
		return u, nil
	}
	var err error
	if u.Group, err = newGroup(e.Name, u.balancer()); err != nil {
		return nil, err
	}
	u.watch = &Watch{ID: e.ID, table: t, tally: sum}
	u.Group.Owner = u.watch
	return u, nil
}

// sameChoice tells whether peers are chosen in the same way as before.
func (u *Upstream) sameChoice(e *entity.Upstream) bool {
	a, b := u.Upstream, *e
	return a.Name == b.Name && a.Algorithm == b.Algorithm && a.HashOn == b.HashOn && a.HashFallback == b.HashFallback &&
		a.HashOnHeader == b.HashOnHeader && a.HashFallbackHeader == b.HashFallbackHeader && a.HashOnCookie == b.HashOnCookie &&
		a.HashOnQueryArg == b.HashOnQueryArg && a.HashFallbackQueryArg == b.HashFallbackQueryArg &&
		a.HashOnURICapture == b.HashOnURICapture && a.HashFallbackURICapture == b.HashFallbackURICapture
}

func (u *Upstream) balancer() upstream.Balancer {
	switch u.Algorithm {
	case "least-connections", "latency":
		return leastconn.Balancer{}
	case "consistent-hashing":
		return &hash.Consistent{Key: u.key}
	}
	return roundrobin.Balancer{}
}

// key is what consistent hashing goes by for a request; an empty one means round robin.
func (u *Upstream) key(request any) string {
	r := request.(*httpd.Request)
	if k := hashKey(r, u.HashOn, u.HashOnHeader, u.HashOnCookie, u.HashOnQueryArg, u.HashOnURICapture); k != "" {
		return k
	}
	return hashKey(r, u.HashFallback, u.HashFallbackHeader, u.HashOnCookie, u.HashFallbackQueryArg, u.HashFallbackURICapture)
}

func hashKey(r *httpd.Request, on, header, cookie, arg, capture string) string {
	switch on {
	case "ip":
		return r.RemoteAddrText()
	case "header":
		v, _ := r.In.Get(header)
		return v
	case "cookie":
		v, _ := r.Cookie(cookie)
		return v
	case "path":
		return r.URI
	case "query_arg":
		v, _, _ := r.LookupVar("arg_" + arg)
		return v
	case "consumer":
		if x := plugin.Of(r); x != nil && x.Consumer != nil {
			return x.Consumer.ID
		}
	case "uri_capture":
		if x := plugin.Of(r); x != nil {
			return x.Capture(capture)
		}
	}
	return ""
}

// endpoint is one place of a target or a service, with its host still as written.
type endpoint struct {
	name    string // as written, for logs and to tell peers apart
	host    string
	port    uint16
	weight  int
	down    bool
	version string
	header  string // the host that it is told it is asked as; "" leaves that to the service
}

func (e *endpoint) server(addrs []netip.Addr) upstream.Server {
	s := upstream.Server{Name: e.name, Weight: e.weight, MaxFails: 0, FailTimeout: 10 * time.Second, Down: e.down, HostHeader: e.header}
	for _, a := range addrs {
		ap := netip.AddrPortFrom(a, e.port)
		s.Addrs = append(s.Addrs, resolver.Address{IP: ap, Name: ap.String()})
	}
	return s
}

// headerOf is the host that a target is asked as: what the upstream says, or the target's
// own, be it a name or an address.
func headerOf(u *entity.Upstream, host string) string {
	switch {
	case u.HostHeader != "":
		return u.HostHeader
	case strings.IndexByte(host, ':') >= 0:
		return "[" + host + "]"
	}
	return host
}

// targetEndpoint takes a target's host and port apart. One of weight 0 gets no requests.
func targetEndpoint(t *entity.Target) endpoint {
	host, port := splitHostPort(t.Target)
	if port == 0 {
		port = 8000
	}
	return endpoint{name: t.Target, host: host, port: port, weight: t.Weight, version: t.Version}
}

func splitHostPort(s string) (host string, port uint16) {
	if rest, ok := strings.CutPrefix(s, "["); ok {
		host, rest, _ = strings.Cut(rest, "]")
		n, _ := strconv.ParseUint(strings.TrimPrefix(rest, ":"), 10, 16)
		return host, uint16(n)
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.IndexByte(s, ':') == i {
		n, _ := strconv.ParseUint(s[i+1:], 10, 16)
		return s[:i], uint16(n)
	}
	return s, 0
}
