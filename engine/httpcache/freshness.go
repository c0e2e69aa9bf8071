package httpcache

import (
	"math"
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
)

// Freshness is what the header lines that have come so far say of a response. Lines are
// given to it in the order they come in; those that shall have no effect are not.
type Freshness struct {
	Valid    int64 // until when it may be used, Unix seconds; 0: the header does not say
	Updating int64 // for how many seconds after that, while it is renewed
	Error    int64 // and while that fails
	Vary     string

	accel   bool // X-Accel-Expires has come
	noCache bool // Cache-Control forbids it, unless X-Accel-Expires comes too
	expired bool // Expires lies in the past, unless another line knows better
	never   bool
}

// MaxVary is how much of Vary a file of the cache has room for.
const MaxVary = 128

// Allowed tells whether the response may be kept.
func (f *Freshness) Allowed() bool { return !f.never && !f.noCache && !f.expired }

// Again forgets what was forbidden, and keeps the times: another header follows.
func (f *Freshness) Again() { *f = Freshness{Valid: f.Valid, Updating: f.Updating, Error: f.Error} }

// SetCookie takes a Set-Cookie: the response is for one client.
func (f *Freshness) SetCookie() { f.never = true }

// AccelExpires takes X-Accel-Expires: seconds, or a time behind an "@"
// (ngx_http_upstream_process_accel_expires).
func (f *Freshness) AccelExpires(value string, now int64) {
	f.accel = true
	text, absolute := strings.CutPrefix(value, "@")
	n, ok := directive.ParseInt(text)
	switch {
	case !ok:
		return
	case absolute:
		f.Valid = int64(n)
	case n == 0:
		f.never = true
		return
	default:
		f.Valid = now + int64(n)
	}
	f.noCache, f.expired = false, false
}

// Expires takes Expires (ngx_http_upstream_process_expires).
func (f *Freshness) Expires(value string, now int64) {
	if f.Valid != 0 {
		return
	}
	at, ok := http1.ParseDate(value)
	if !ok || at < now {
		f.expired = true
		return
	}
	f.Valid = at
}

// CacheControl takes Cache-Control (ngx_http_upstream_process_cache_control).
func (f *Freshness) CacheControl(value string, now int64) {
	if f.Valid == 0 || !f.accel {
		if indexFold(value, "no-cache") >= 0 || indexFold(value, "no-store") >= 0 || indexFold(value, "private") >= 0 {
			f.noCache = true
			return
		}
		n, given, ok := seconds(value, "s-maxage=")
		if !given {
			n, given, ok = seconds(value, "max-age=")
		}
		switch {
		case !given:
		case !ok:
			f.never = true
			return
		case n == 0:
			f.noCache = true
			return
		default:
			f.Valid, f.expired = now+min(n, math.MaxInt64-now), false
		}
	}
	if n, given, ok := seconds(value, "stale-while-revalidate="); given {
		if !ok {
			f.never = true
			return
		}
		f.Updating, f.Error = n, n
	}
	if n, given, ok := seconds(value, "stale-if-error="); given {
		if !ok {
			f.never = true
			return
		}
		f.Error = n
	}
}

// TakeVary takes a Vary, one of several perhaps (ngx_http_upstream_process_vary).
func (f *Freshness) TakeVary(value string) {
	if value == "*" {
		f.never = true
		return
	}
	if f.Vary != "" {
		value = f.Vary + ", " + value
	}
	f.Vary = value
	if len(value) > MaxVary {
		f.never = true
	}
}

// seconds finds a directive with a number behind it; given false: it is not there, ok
// false: that is no number.
func seconds(value, name string) (n int64, given, ok bool) {
	i := indexFold(value, name)
	if i < 0 {
		return 0, false, false
	}
	for _, c := range []byte(value[i+len(name):]) {
		switch {
		case c == ',' || c == ';' || c == ' ':
			return n, true, true
		case c < '0' || c > '9':
			return 0, true, false
		case n > (math.MaxInt64-int64(c-'0'))/10:
			return math.MaxInt64, true, true
		}
		n = n*10 + int64(c-'0')
	}
	return n, true, true
}

// indexFold finds a word whatever its case.
func indexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if http1.EqualFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}
