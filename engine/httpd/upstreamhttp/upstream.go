package upstreamhttp

import (
	"sync"
	"sync/atomic"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
)

// Upstream is one request on its way to upstream servers and back. Handlers keep
// it in what they pool for a request; it stays valid, for variables and the log,
// until the request ends.
type Upstream struct {
	R     *httpd.Request
	Conf  *Conf
	Proto Protocol

	// What the handler says of the target.
	Schema   string          // "http://", for the log
	URI      string          // as sent, for the log; Create sets it
	Group    *upstream.Group // nil: Addrs
	Host     string          // the name that Addrs or the resolver's answer stand for
	Port     uint16          // of what has to be resolved
	NoPort   bool            // it was not written
	Resolve  bool            // Host must be asked of the resolver
	Addrs    []resolver.Address
	Except   []*upstream.Peer // of the group, that are not to be asked
	PeerHost bool             // Host is that of the peer: the request is made when it has been chosen
	Secure   bool             // TLS
	TLSName  string
	ALPN     []string // that TLS offers
	Method   string   // of the request, where it is not the client's
	Trailers bool     // are passed on, whatever the configuration says
	NoBuffer bool     // the client's body is passed on while it comes (request_buffering off)
	OwnBody  bool     // Create has written a body; the client's is not sent
	Chunked  bool     // and goes out in chunks
	Tail     string   // goes out behind the client's body
	Uncached bool     // the location's cache is not for this request

	Stop *Stop // nil: the client ends it by going away

	// Redirect and Cookie rewrite headers of the response; ok false leaves them.
	Redirect func(u *Upstream, value string, prefix int) (string, bool)
	Cookie   func(u *Upstream, value string) (string, bool)

	// What the peer has answered.
	In        HeadersIn
	Keep      bool // the connection may serve again
	Upgrade   bool // it is a tunnel now
	Buffering bool

	CacheStatus CacheStatus

	States []State
	Choice upstream.Choice

	conn    *upstream.Conn
	cached  bool
	out     []byte // the request
	outRoom *buffer
	buf     []byte // what was received: buf[pos:] is still to be looked at
	pos     int
	room    *buffer
	extra   []*buffer // more of them, given back when the request ends
	hints   int64
	body    bodySender
	parts   []httpd.Buf
	kept    *kept // nil without a cache

	start      time.Duration // of the try
	began      time.Duration // of the first
	failure    int           // status when there is nobody else
	tries      int           // how many there have been
	name       string        // of the peer, for the log
	unix       bool
	held       bool // a peer of the group is held
	watching   bool
	requested  bool // the request, or some of it, has been sent
	bodySent   bool
	responded  bool // bytes have been received
	headerSent bool
	lastSent   bool
	cacheable  bool        // the response goes to the cache too, as far as is known
	fromCache  bool        // it comes from there
	lost       bool        // the client gets no body, which goes to the cache all the same
	broken     atomic.Bool // the client can't be written to, says the pipe

	hook   event.CloseHook
	waitOn atomic.Pointer[event.Conn] // to be interrupted when the client goes
	dial   upstream.DialOptions
	ended  func()
	tracer func(*event.Conn)
}

// HeadersIn is the header of a response.
type HeadersIn struct {
	List       []http1.Header
	Trailers   []http1.Header
	Status     int
	StatusLine string
	Length     int64 // -1: unknown
	Redirect   string
	hasServer  bool
	hasDate    bool
	charset    string
	hasCharset bool
}

// buffer is what requests are made in and responses are read into.
type buffer [bufferSize]byte

const bufferSize = 16384

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// Begin makes u ready for a request. done is called when the request ends and u
// may be used for another.
func (u *Upstream) Begin(r *httpd.Request, conf *Conf, p Protocol, done func()) {
	u.R, u.Conf, u.Proto = r, conf, p
	u.Buffering = conf.Buffering
	if u.hook.Func == nil {
		u.hook.Func = u.clientGone
		u.tracer = u.waitFor
	}
	u.ended = done
	if old := Of(r); old != nil && old != u {
		// Another handler has tried before an internal redirect: its tries are
		// told first, with a mark behind them.
		u.States = append(append(u.States[:0], old.States...), State{})
	}
	r.Upstream = u
}

// Release forgets all and gives buffers back. It is for done of Begin.
func (u *Upstream) Release() {
	if u.kept != nil {
		u.kept.end()
		u.kept = nil
	}
	if u.room != nil {
		buffers.Put(u.room)
	}
	if u.outRoom != nil {
		buffers.Put(u.outRoom)
	}
	for i, b := range u.extra {
		buffers.Put(b)
		u.extra[i] = nil
	}
	clear(u.In.List)
	clear(u.In.Trailers)
	clear(u.parts)
	u.Choice.Release()
	u.waitOn.Store(nil)
	u.broken.Store(false)
	u.R, u.Conf, u.Proto, u.ended, u.Stop = nil, nil, nil, nil, nil
	u.Schema, u.URI, u.Host, u.TLSName, u.name = "", "", "", "", ""
	u.Group, u.Addrs, u.Except, u.Redirect, u.Cookie = nil, nil, nil, nil, nil
	u.Port, u.NoPort, u.Resolve, u.Secure, u.PeerHost = 0, false, false, false, false
	u.NoBuffer, u.OwnBody, u.Chunked, u.Tail, u.Uncached = false, false, false, "", false
	u.ALPN, u.Trailers, u.Method = nil, false, ""
	u.CacheStatus, u.cacheable, u.fromCache, u.lost = NoCache, false, false, false
	u.In = HeadersIn{List: u.In.List[:0], Trailers: u.In.Trailers[:0], Length: -1}
	u.Keep, u.Upgrade, u.Buffering = false, false, false
	u.States, u.extra, u.parts = u.States[:0], u.extra[:0], u.parts[:0]
	u.conn, u.cached = nil, false
	u.out, u.outRoom, u.buf, u.pos, u.room, u.hints = nil, nil, nil, 0, nil, 0
	u.start, u.began, u.failure, u.tries = 0, 0, 0, 0
	u.unix, u.held, u.watching, u.requested = false, false, false, false
	u.bodySent, u.responded, u.headerSent, u.lastSent = false, false, false, false
	u.body.active = false
}

// AppendLog implements what the request's log lines say of the upstream
// (ngx_http_log_error_handler).
func (u *Upstream) AppendLog(b []byte) []byte {
	if u.name == "" {
		return b
	}
	b = append(b, ", upstream: \""...)
	b = append(b, u.Schema...)
	b = append(b, u.name...)
	if u.unix {
		b = append(b, ':')
	}
	b = append(b, u.URI...)
	return append(b, '"')
}

// state is the try that is going on.
func (u *Upstream) state() *State { return &u.States[len(u.States)-1] }

// Unread is what has been received and not looked at.
func (u *Upstream) Unread() []byte { return u.buf[u.pos:] }

// Skip says that n of those bytes are done with.
func (u *Upstream) Skip(n int) { u.pos += n }

// Status notes the status of the response for $upstream_status, once.
func (u *Upstream) Status(code int) {
	if u.fromCache {
		return
	}
	if s := u.state(); s.Status == 0 {
		s.Status = code
	}
}

// Conn is the connection in use, for its certificate and addresses.
func (u *Upstream) Conn() *upstream.Conn { return u.conn }

// clientGone is the hook of the client's connection: whoever waits for the peer
// on its behalf is told. It may come late, for a request that has ended and
// another one that has taken u, so who is told looks again.
func (u *Upstream) clientGone() {
	if c := u.waitOn.Load(); c != nil {
		c.Interrupt()
	}
}

// waitFor makes c what is interrupted when the client goes away.
func (u *Upstream) waitFor(c *event.Conn) {
	u.waitOn.Store(c)
	if u.leaving() {
		c.Interrupt()
	}
}

// target is who the connection is for, in terms of TLS.
func (u *Upstream) target() certs.Target {
	t := certs.Target{Name: u.TLSName, SendName: u.Conf.ServerName, ALPN: u.ALPN}
	if v := u.Conf.TLSName; v != nil {
		t.Name = v.Eval(u.R)
	}
	t.Name = certs.TargetName(t.Name)
	if u.Conf.KeepTLS {
		t.Session = u.Choice.Session
	}
	return t
}
