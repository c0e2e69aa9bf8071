package httpd

import (
	"sync"
	"time"
	"unsafe"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// Method is a request method, one bit each.
type Method = http1.Method

// Request is one request, or a subrequest of one. It belongs to one goroutine
// at a time and goes back to a pool when it ends.
type Request struct {
	Conn   *Conn
	Server *Server
	Loc    *Location
	Main   *Request // the client's request; itself when it is that
	Parent *Request // nil for the client's request

	// The request line. URI is decoded and normalised; rewrites change it and
	// Args, while UnparsedURI stays what the client sent ($request_uri).
	Method      Method
	MethodName  string
	Line        string
	UnparsedURI string
	URI         string
	Args        string
	Exten       string
	Proto       string // "HTTP/1.1"
	Version     int32  // http1.HTTP11...
	Schema      string // of an absolute target
	ValidURI    bool   // URI may be sent upstream as UnparsedURI says (ngx_http_proxy: !r->valid_unparsed_uri otherwise)
	Quoted      bool   // the path had %XX
	Plus        bool

	Host string // lower case, no port: $host's first choices
	Port int    // as sent in Host, 0 when it was not

	In  HeadersIn
	Out HeadersOut

	Body Body

	// State that handlers and filters share.
	HeaderSent         bool
	HeaderOnly         bool // no body is sent: HEAD, 204, 304
	URIChanged         bool
	Internal           bool // came by a redirect inside the server
	KeepAlive          bool
	Upgraded           bool // 101 was sent, the connection is a tunnel
	ErrStatus          int  // status that error_page is working on
	Lingering          bool // bytes of the client may still be on their way
	Complete           bool // the whole response went out
	PostAction         bool
	ExpectTrailers     bool
	ErrorPage          bool // an error_page redirect is under way
	ContentHandled     bool
	ExpectTested       bool
	AllowRanges        bool
	SingleRange        bool
	GzipVary           bool
	GzipTested         bool
	GzipOK             bool
	FilterNeedInMemory bool // a body filter looks at the bytes: no sendfile
	FilterFinalizing   bool
	BodyOffset         int64 // of the next part of the body in the whole one, for the range filter
	SkipAccessLog      bool
	AddURIToAlias      bool
	Relocated          bool // a rewrite changed the URI and kept the location (!r->valid_location)
	PreserveBody       bool
	Background         bool   // see CloneBeside: no client waits for it
	BodyKept           bool   // a temporary file of the body has a name until the request ends
	DisableNotModified bool   // conditions of the request are the upstream's affair
	OverrideCharset    string // of X-Accel-Charset, for the charset filter

	LimitRate      Value64
	LimitRateAfter Value64

	// Upstream is what the request's upstream handlers have tried, for
	// $upstream_* variables; nil when none ran.
	Upstream any

	// Sent counts what went to the client, header included; HeaderSize of it
	// the header; Received counts the request's bytes.
	Sent       int64
	HeaderSize int64
	Received   int64
	Start      time.Time

	caps        Captures
	slots       []any // see Slot
	marks       [maxMarks]uint8
	vars        []varSlot
	varDepth    int
	entry       entry
	one         [1]Buf  // see WriteOne
	handler     Handler // pre-empts the content phase (r->content_handler)
	uriChanges  int
	subrequests int32
	chunked     bool
	bodyFilters []BodyFilter
	lateFilters []BodyFilter // see UseLateBodyFilter
	held        *holding     // see Hold
	beside      *background
	cleanups    []func()
	capture     func(r *Request, in []Buf) error
	stream      stream
	arena       arena
	limits      headLimits
	headIn      *[readBufSize]byte // the header's buffer, when a chunked body goes on in another
	headMoved   bool
	rawHead     []byte // see RawHead; while it is read, what was parsed of it in smaller buffers
	varsUsed    bool   // some variable has a value, or another request's views of them have
	slotsUsed   bool
	paceUntil   time.Duration // limit_rate sends nothing before, by event.Mono
	id          string
	lastSent    bool
	lineHost    bool // the request line names the host
	ended09     bool // HTTP/0.9: nothing follows the line
	pipelined   bool
	sharedVars  bool
	varLock     *sync.Mutex // set when subrequests share the variables
	subDepth    int
	log         errlog.Log        // of a subrequest
	trace       func(text string) // see Engine.Explain; nil for all requests that somebody sends
	stage       stage             // ", while reading client request headers" for the log
}

// Value64 is a number that may have been set for this request alone.
type Value64 struct {
	V   int64
	Set bool
}

// view is b as a string without copying.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// arena hands out memory that lives as long as the request.
type arena struct {
	chunk []byte
	big   [][]byte
}

const arenaChunk = 4096

// Alloc gives n bytes that live as long as the request. They are not zeroed.
func (r *Request) Alloc(n int) []byte {
	a := &r.arena
	if len(a.chunk)+n > cap(a.chunk) {
		if n > arenaChunk/4 {
			b := make([]byte, n)
			a.big = append(a.big, b)
			return b
		}
		if a.chunk != nil {
			a.big = append(a.big, a.chunk)
		}
		a.chunk = make([]byte, 0, arenaChunk)
	}
	l := len(a.chunk)
	a.chunk = a.chunk[:l+n]
	return a.chunk[l : l+n : l+n]
}

// Concat joins strings in the request's memory.
func (r *Request) Concat(parts ...string) string {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b := r.Alloc(n)[:0]
	for _, p := range parts {
		b = append(b, p...)
	}
	return view(b)
}

// Copy keeps bytes for the life of the request.
func (r *Request) Copy(p []byte) string {
	b := r.Alloc(len(p))
	copy(b, p)
	return view(b)
}

// AtEnd runs f when the request is destroyed, last added first
// (ngx_pool_cleanup_add).
func (r *Request) AtEnd(f func()) { r.cleanups = append(r.cleanups, f) }

// SlotKey is a typed place in each request for what one feature leaves there
// (nginx's r->ctx[module]). Make one with NewSlot at package level.
type SlotKey[T any] struct{ index int }

var slotCount int

// NewSlot reserves a slot; call it in package variables only.
func NewSlot[T any]() SlotKey[T] {
	slotCount++
	return SlotKey[T]{slotCount - 1}
}

// Get is what was put into the slot, nil before. Redirects inside the server
// clear the slots, as nginx clears module contexts.
func (k SlotKey[T]) Get(r *Request) *T {
	if v := r.slots[k.index]; v != nil {
		return v.(*T)
	}
	return nil
}

// Put fills the slot.
func (k SlotKey[T]) Put(r *Request, v *T) { r.slots[k.index], r.slotsUsed = v, true }

func (r *Request) setLocation(l *Location) {
	r.Loc = l
	// Its error_log counts from now on, also for what is too low for the last one
	// (ngx_set_connection_log).
	if log := &r.Conn.log; r.Main == r && l.core.Log != nil && log.Chain() != l.core.Log {
		log.SetChain(l.core.Log)
	}
}

// IsMain tells whether this is the client's request.
func (r *Request) IsMain() bool { return r.Parent == nil }

// reset makes a request from the pool fresh for its connection.
func (r *Request) reset() {
	if r.varsUsed {
		clear(r.vars)
	}
	if r.slotsUsed {
		clear(r.slots)
	}
	clear(r.bodyFilters)
	clear(r.arena.big)
	vars, slots, chunk, big := r.vars[:0], r.slots, r.arena.chunk[:0], r.arena.big[:0]
	in, list, trailers := r.In.List[:0], r.Out.List[:0], r.Out.Trailers[:0]
	bodies, late, cleanups, groups := r.bodyFilters[:0], r.lateFilters[:0], r.cleanups[:0], r.caps.offsets[:0]
	*r = Request{}
	r.vars, r.slots, r.arena.chunk, r.arena.big = vars, slots, chunk, big
	r.In.List, r.Out.List, r.Out.Trailers = in, list, trailers
	r.bodyFilters, r.lateFilters, r.cleanups, r.caps.offsets = bodies, late, cleanups, groups
	r.Out.ContentLength, r.Out.LastModified = -1, -1
	if len(r.slots) < slotCount {
		r.slots = make([]any, slotCount)
	}
	r.Main = r
	r.uriChanges = maxURIChanges + 1
}

// maxURIChanges is nginx's NGX_HTTP_MAX_URI_CHANGES.
const maxURIChanges = 10

// maxSubrequests is nginx's NGX_HTTP_MAX_SUBREQUESTS.
const maxSubrequests = 50
