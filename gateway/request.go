package gateway

import (
	"strings"
	"sync"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
	"moongate/gateway/release"
	"moongate/gateway/route"
)

// exchange is a request that goes through the gateway. It comes from a pool and ends with
// the request.
type exchange struct {
	plugin.Context
	plane  *plane.Plane
	route  *plane.Route
	plan   *plane.Plan
	used   []*plane.Instance // by step of the plan
	chosen int               // how many of used are
	query  route.Request
	target upstreamhttp.Target
	peers  []*upstream.Peer // for leave
	except []*upstream.Peer
	lines  []byte
	end    func()       // free, bound once
	asks   func()       // decide, bound once
	beside plugin.Asker // ask, bound once
	bodies []*plane.Instance

	goal    *plane.Plan     // by which the request goes on, once that is decided
	whom    *upstream.Group // and to whom
	passing bool            // the service is being asked
	older   httpd.Header    // the last one of R.Out.List before it was

	path     string // Out.Path as it was first
	asked    release.Request
	class    *plane.Class      // of the client
	classed  *entity.Consumer  // who asked when that was found out
	ran      []*plane.Instance // as part of another route, before the class was known
	release  *plane.Release    // that has decided; nil without one
	decision release.Decision
	chosenBy choices
	passed   bool            // to the service
	answerer *plane.Instance // the plugin that has answered in the service's place
}

var (
	slot      = httpd.NewSlot[exchange]()
	exchanges sync.Pool
)

func begin(r *httpd.Request) *exchange {
	x, _ := exchanges.Get().(*exchange)
	if x == nil {
		x = new(exchange)
		x.end, x.asks, x.beside = x.free, x.decide, x.ask
	}
	x.Context.Reset(r)
	x.Decide, x.Ask = x.asks, x.beside
	slot.Put(r, x)
	x.Attach()
	r.AtEnd(x.end)
	return x
}

func (x *exchange) free() {
	clear(x.used)
	clear(x.bodies)
	clear(x.peers)
	clear(x.except)
	x.used, x.bodies, x.chosen = x.used[:0], x.bodies[:0], 0
	x.plane, x.route, x.plan = nil, nil, nil
	x.goal, x.whom, x.passing, x.older = nil, nil, false, httpd.Header{}
	x.query = route.Request{}
	x.target = upstreamhttp.Target{}
	x.lines = x.lines[:0]
	x.asked, x.release, x.chosenBy, x.passed = release.Request{}, nil, choices{}, false
	x.answerer = nil
	clear(x.ran)
	x.ran, x.class, x.classed = x.ran[:0], nil, nil
	x.Context.Reset(nil)
	exchanges.Put(x)
}

// find is the handler of the rewrite phase: it looks for the route.
func find(r *httpd.Request) httpd.Result {
	if r.URIChanged || !r.IsMain() || slot.Get(r) != nil {
		return httpd.Declined
	}
	w := httpd.RequestMainConf[mainConf](r, Module).worker
	if w == nil {
		return httpd.Declined
	}
	x := begin(r)
	x.plane = w.keeper.Now()
	x.look()
	if len(x.plane.Early()) > 0 {
		if res := x.early(); res != httpd.Declined {
			return res
		}
		x.look() // they may have changed it
	}
	x.classify()
	if !x.plane.Routes.Find(&x.query, &x.Match) {
		return x.Answer(404, "no Route matched with those values")
	}
	x.Out.Query = r.Args
	return x.take()
}

// take goes by the route that was found.
func (x *exchange) take() httpd.Result {
	x.route = x.Match.Rule.Data.(*plane.Route)
	x.Route = &x.route.Route
	if x.Match.NeedTLS {
		return x.needTLS()
	}
	x.plan = x.plane.Plan(x.route)
	x.Series = &x.plan.Series
	base := ""
	x.Service = nil
	if s := x.plan.Service; s != nil {
		x.Service, base = &s.Service, s.Path
	}
	x.outgoing(base)
	return httpd.Declined
}

// look fills in what the router looks at.
func (x *exchange) look() {
	r, q := x.R, &x.query
	q.Scheme = "http"
	if r.Conn.TLS() != nil {
		q.Scheme = "https"
	}
	q.Host, q.Port = r.Host, uint16(r.Port)
	if r.Port == 0 {
		if q.Port = 80; q.Scheme == "https" {
			q.Port = 443
		}
	}
	path := r.UnparsedURI
	if !r.ValidURI {
		path = http1.View(http1.AppendEscaped(nil, r.URI, http1.EscapeURI))
	} else if i := strings.IndexByte(path, '?'); i >= 0 {
		path = path[:i]
	}
	q.Path = route.Normalize(path)
	q.Method = r.MethodName
	q.Client = r.Conn.RemoteAddr()
	q.Values = values{r}
	if t := r.Conn.TLS(); t != nil {
		q.SNI = t.ServerName()
	}
}

// values gives the router what few routes ask for.
type values struct{ r *httpd.Request }

// Header implements route.Values, as do the methods below.
func (v values) Header(name string, i int) (string, bool) {
	list := v.r.In.List
	for j := range list {
		if http1.EqualFold(list[j].Name, name) {
			if i == 0 {
				return list[j].Value, true
			}
			i--
		}
	}
	return "", false
}

func (v values) Cookie(name string, i int) (string, bool) {
	if i > 0 {
		return "", false
	}
	return v.r.Cookie(name)
}

func (v values) Query(name string, i int) (string, bool) {
	for rest := v.r.Args; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		key, value, _ := strings.Cut(pair, "=")
		if plugin.Unescape(v.r, key) == name {
			if i == 0 {
				return plugin.Unescape(v.r, value), true
			}
			i--
		}
	}
	return "", false
}

// needTLS answers a request that has come without TLS to a route that wants it.
func (x *exchange) needTLS() httpd.Result {
	r := x.R
	code := x.route.HTTPSRedirectStatusCode
	if code == 426 {
		r.Out.Add("Connection", "Upgrade")
		r.Out.Add("Upgrade", "TLS/1.2, HTTP/1.1")
		return x.Answer(426, "Please use HTTPS protocol")
	}
	r.Out.Location = r.Concat("https://", x.query.Host, r.UnparsedURI)
	return httpd.Result(code)
}
