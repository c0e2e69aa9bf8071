package upstreamhttp

import (
	"time"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
)

// Conf is one location's settings, after inheritance (ngx_http_upstream_conf_t).
type Conf struct {
	Module string // "proxy", for texts

	Group *upstream.Group // nil when the address has variables

	ConnectTimeout time.Duration
	SendTimeout    time.Duration
	ReadTimeout    time.Duration
	NextTimeout    time.Duration
	NextTries      int
	Next           Condition
	// What nginx does not have: see repeat.go.
	Whole             time.Duration // until a header has come, all tries together; 0: no limit
	Pause, PauseLimit time.Duration // before the second try, and what it grows to; 0: none
	Again             bool          // peers that have been tried are tried again when there is no other

	BufferSize        int64
	Buffers           directive.Buffers
	BusyBuffersSize   int64
	MaxTempFileSize   int64
	TempFileWriteSize int64
	TempPath          httpd.TempPath
	LimitRate         *httpd.Value

	Buffering        bool
	ChangeBuffering  bool // X-Accel-Buffering counts
	RequestBuffering bool
	PassHeaders      bool
	PassBody         bool
	PassTrailers     bool
	PassEarlyHints   bool

	IgnoreClientAbort bool
	InterceptErrors   bool
	Intercept404      bool
	ForceRanges       bool
	IgnoreHeaders     Ignored
	Hide              Hidden

	Bind            *Bind
	SocketKeepAlive bool
	RcvBuf, SndBuf  int

	TLS        *certs.Client
	TLSName    *httpd.Value
	ServerName bool
	VerifyPeer bool
	KeepTLS    bool // sessions are resumed
	// PoolByTLS keeps idle connections apart by TLS alone, where they are not all one's:
	// confs come and go, or are many, that speak to peers in the same way.
	PoolByTLS bool
	// Certificate and Key are set when they have variables.
	Certificate, Key *httpd.Value
	Passwords        [][]byte
	Pairs            *certs.PairCache // those that were read, nil: not kept

	Store *Store // nil: responses are not stored
	Cache *Cache // nil: nor kept
}

// Condition is why another peer may be tried (proxy_next_upstream). The first ones are
// nginx's numbers, which debug lines show.
type Condition uint32

const (
	OnError Condition = 1 << (iota + 1)
	OnTimeout
	OnInvalidHeader
	On500
	On502
	On503
	On504
	On403
	On404
	On429
	OnNoLive
	Updating
	NonIdempotent
	NextOff
)

// NextWords are the arguments of proxy_next_upstream and its like.
var NextWords = map[string]Condition{
	"error": OnError, "timeout": OnTimeout, "invalid_header": OnInvalidHeader, "non_idempotent": NonIdempotent,
	"http_500": On500, "http_502": On502, "http_503": On503, "http_504": On504, "http_403": On403, "http_404": On404,
	"http_429": On429, "updating": Updating, "off": NextOff,
}

// statusConditions are the statuses that count as failures when asked for
// (ngx_http_upstream_next_errors).
func statusCondition(status int) Condition {
	switch status {
	case 500:
		return On500
	case 502:
		return On502
	case 503:
		return On503
	case 504:
		return On504
	case 403:
		return On403
	case 404:
		return On404
	case 429:
		return On429
	}
	return 0
}

// status is what the client is told when there is nobody else to ask.
func (ft Condition) status() int {
	switch ft {
	case OnTimeout, On504:
		return 504
	case On500:
		return 500
	case On503:
		return 503
	case On403:
		return 403
	case On404:
		return 404
	case On429:
		return 429
	}
	return 502
}

// Ignored are headers of the response that shall have no effect.
type Ignored uint16

const (
	IgnoreRedirect Ignored = 1 << iota
	IgnoreAccelExpires
	IgnoreExpires
	IgnoreCacheControl
	IgnoreSetCookie
	IgnoreLimitRate
	IgnoreBuffering
	IgnoreCharset
	IgnoreVary
)

// IgnoreWords are the arguments of proxy_ignore_headers and its like.
var IgnoreWords = map[string]Ignored{
	"X-Accel-Redirect": IgnoreRedirect, "X-Accel-Expires": IgnoreAccelExpires, "X-Accel-Limit-Rate": IgnoreLimitRate,
	"X-Accel-Buffering": IgnoreBuffering, "X-Accel-Charset": IgnoreCharset, "Expires": IgnoreExpires,
	"Cache-Control": IgnoreCacheControl, "Set-Cookie": IgnoreSetCookie, "Vary": IgnoreVary,
}

// Hidden is a set of header names.
type Hidden struct {
	known [http1.NumHeaders]bool
	other []string
}

// NewHidden makes the set of default names and those of hide, without those of
// pass (ngx_http_upstream_hide_headers_hash).
func NewHidden(standard, hide, pass []string) Hidden {
	var h Hidden
	for _, list := range [][]string{standard, hide} {
		for _, name := range list {
			if !containsFold(pass, name) {
				h.Add(name)
			}
		}
	}
	return h
}

// Add puts a name into the set.
func (h *Hidden) Add(name string) {
	if id := http1.LookupHeader(name); id != http1.OtherHeader {
		h.known[id] = true
		return
	}
	if !containsFold(h.other, name) {
		h.other = append(h.other, name)
	}
}

// Has tells whether a header is in the set.
func (h *Hidden) Has(x *http1.Header) bool {
	if x.ID != http1.OtherHeader {
		return h.known[x.ID]
	}
	return len(h.other) > 0 && containsFold(h.other, x.Name)
}

func containsFold(list []string, name string) bool {
	for _, s := range list {
		if http1.EqualFold(s, name) {
			return true
		}
	}
	return false
}
