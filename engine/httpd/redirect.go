package httpd

import (
	"strings"
	"sync"
	"sync/atomic"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// InternalRedirect sends the request to another URI of the same server
// (ngx_http_internal_redirect). The handler returns what it returns.
func (r *Request) InternalRedirect(uri, args string) Result {
	if r.uriChanges--; r.uriChanges == 0 {
		r.Logf(errlog.Error, "rewrite or internal redirection cycle while internally redirecting to \"%s\"", uri)
		return 500
	}
	if r.Debugging() {
		r.Debugf("internal redirect: \"%s?%s\"", uri, args)
	}
	r.URI, r.Args = uri, args
	r.Exten = http1.Ext(uri)
	r.ValidURI = false
	r.Internal = true
	r.AddURIToAlias, r.Relocated = false, false
	r.GzipTested, r.GzipOK, r.GzipVary = false, false, false
	clear(r.slots)
	r.setLocation(r.Server.ground)
	r.entry = fromServerRewrite
	return restart
}

// NamedLocation sends the request to @name (ngx_http_named_location).
func (r *Request) NamedLocation(name string) Result {
	if r.uriChanges--; r.uriChanges == 0 {
		r.Logf(errlog.Error, "rewrite or internal redirection cycle while redirect to named location \"%s\"", name)
		return 500
	}
	if r.URI == "" {
		r.Logf(errlog.Error, "empty URI in redirect to named location \"%s\"", name)
		return 500
	}
	l := r.Server.named[name]
	if l == nil {
		r.Logf(errlog.Error, "could not find named location \"%s\"", name)
		return 500
	}
	if r.Debugging() {
		r.Debugf("using location: %s \"%s?%s\"", name, r.URI, r.Args)
	}
	r.Internal = true
	r.URIChanged = false
	clear(r.slots)
	r.handler = nil
	r.setLocation(l)
	r.applyLocation()
	r.entry = fromRewrite
	return restart
}

// HasNamed tells whether the server has such a named location.
func (r *Request) HasNamed(name string) bool { return r.Server.named[name] != nil }

// Sub says what a subrequest is like.
type Sub struct {
	URI, Args string
	Method    string // "" for GET
	// Capture gets the body's parts; nil lets them go to the client where they
	// are written.
	Capture func(sub *Request, in []Buf) error
	// Prepare may change the subrequest before it runs (headers, body, slots).
	Prepare func(sub *Request)
	// ShareVars makes variables those of the parent, as nginx has it for all.
	CopyVars   bool
	OwnVars    bool // variables of its own, none of them set (Lua's captures)
	Background bool // mirror: the parent does not wait
}

// Subrequest makes a request inside the server (ngx_http_subrequest). Run
// starts it; parallel ones each run on a goroutine of their own.
func (r *Request) Subrequest(s Sub) (*Request, error) {
	m := r.Main
	if r.subDepth >= maxSubrequests {
		r.Logf(errlog.Error, "subrequests cycle while processing \"%s\"", s.URI)
		return nil, errCycle
	}
	// Parallel subrequests may make some of their own at the same time.
	if atomic.AddInt32(&m.subrequests, 1) > 65535-1000 {
		r.Logf(errlog.Crit, "request reference counter overflow while processing \"%s\"", s.URI)
		return nil, errCycle
	}
	q := requestPool.Get().(*Request)
	q.reset()
	q.Conn, q.Server, q.stream = r.Conn, r.Server, r.stream
	q.Main, q.Parent = m, r
	q.subDepth = r.subDepth + 1
	r.Conn.nameClient() // now: several may want it at once
	q.log = *r.ErrorLog()
	q.log.From = q
	q.Method, q.MethodName = http1.GET, "GET"
	if s.Method != "" {
		q.Method, q.MethodName = http1.ParseMethod(s.Method), s.Method
	}
	q.Line, q.Proto, q.Version = r.Line, r.Proto, r.Version
	q.URI, q.Args, q.Exten = s.URI, s.Args, http1.Ext(s.URI)
	q.UnparsedURI = r.UnparsedURI
	q.Host, q.Port, q.Schema = r.Host, r.Port, r.Schema
	own := q.In.List
	q.In = r.In
	q.In.List = append(own[:0], r.In.List...)
	if r.Body.read {
		q.Body = r.Body.share()
	}
	q.Internal = true
	q.Start = event.Now()
	q.ExpectTested = true
	q.capture = s.Capture
	q.uriChanges = maxURIChanges + 1
	q.entry = fromServerRewrite
	q.setLocation(r.Server.ground)
	q.Server.http.grow(q)
	if s.CopyVars {
		r.copyVars(q)
	} else if !s.OwnVars {
		// nginx's subrequests use the very variables of their main request.
		q.vars = m.vars
		q.sharedVars = true
		if m.varLock == nil {
			m.varLock = new(sync.Mutex)
		}
		r.varLock, q.varLock = m.varLock, m.varLock
	}
	if s.Prepare != nil {
		s.Prepare(q)
	}
	return q, nil
}

// Run takes a subrequest through its phases and ends it. It answers with the
// last handler's result: OK, Error or the status that was sent.
func (q *Request) Run() Result {
	res := q.settle(q.run())
	if q.Loc.core.LogSubrequest.V {
		q.logPhase()
	}
	return res
}

// Free gives a subrequest back when nobody looks at it any more.
func (q *Request) Free() {
	if q.sharedVars {
		// Values in the variables may lie in the subrequest's memory.
		a := &q.Main.arena
		a.big = append(append(a.big, q.arena.big...), q.arena.chunk)
		q.vars, q.arena = nil, arena{}
	}
	q.free()
}

type cycleError struct{}

func (cycleError) Error() string { return "subrequests cycle" }

var errCycle error = cycleError{}

// UnsafeURI tells whether a URI made by a backend or script may be used for an
// internal redirect (ngx_http_parse_unsafe_uri); decoded and without arguments
// it comes back.
func (r *Request) UnsafeURI(uri string) (path, args string, ok bool) {
	if uri == "" || uri[0] == '?' {
		r.Logf(errlog.Error, "unsafe URI \"%s\" was detected", uri)
		return "", "", false
	}
	path = uri
	if i := strings.IndexByte(uri, '?'); i >= 0 {
		path, args = uri[:i], uri[i+1:]
	}
	if strings.IndexByte(path, '%') >= 0 {
		b := r.Alloc(len(path))[:0]
		b, _ = http1.AppendUnescaped(b, path, http1.UnescapeAll)
		path = view(b)
	}
	if strings.IndexByte(path, 0) >= 0 || hasDotDot(path) {
		r.Logf(errlog.Error, "unsafe URI \"%s\" was detected", uri)
		return "", "", false
	}
	return path, args, true
}

func hasDotDot(p string) bool {
	if strings.HasPrefix(p, "..") && (len(p) == 2 || p[2] == '/') {
		return true
	}
	for i := 0; i+3 <= len(p); i++ {
		if p[i:i+3] == "/.." && (i+3 == len(p) || p[i+3] == '/') {
			return true
		}
	}
	return false
}
