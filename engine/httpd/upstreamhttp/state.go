package upstreamhttp

import (
	"strconv"
	"time"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// State is one try, for the $upstream_* variables (ngx_http_upstream_state_t).
type State struct {
	Peer           string // "" for the mark between two handlers' tries
	Server         string // that the peer is of, as written in the configuration
	Status         int
	Began          time.Duration // by event.Mono
	Stale          bool          // the peer had closed the idle connection: no fault of its
	ConnectTime    time.Duration // unset until it is known
	HeaderTime     time.Duration
	ResponseTime   time.Duration
	ResponseLength int64
	BytesReceived  int64
	BytesSent      int64
}

const unset time.Duration = -1

// Variables are the $upstream_* variables.
func Variables() []httpd.Variable {
	each := func(name, doc string, put func(b []byte, s *State) []byte) httpd.Variable {
		return httpd.Variable{Name: name, Doc: doc, Volatile: true,
			Get: func(r *httpd.Request) (string, bool) { return joined(r, put) }}
	}
	return []httpd.Variable{
		each("upstream_addr", "The peers that were tried.", func(b []byte, s *State) []byte { return append(b, s.Peer...) }),
		each("upstream_status", "The status of each try.", func(b []byte, s *State) []byte {
			if s.Status == 0 {
				return append(b, '-')
			}
			return strconv.AppendInt(b, int64(s.Status), 10)
		}),
		each("upstream_connect_time", "How long it took to connect, in seconds.", func(b []byte, s *State) []byte { return seconds(b, s.ConnectTime) }),
		each("upstream_header_time", "How long it took until the header was there.", func(b []byte, s *State) []byte { return seconds(b, s.HeaderTime) }),
		each("upstream_response_time", "How long it took until the response was there.", func(b []byte, s *State) []byte { return seconds(b, s.ResponseTime) }),
		each("upstream_response_length", "The length of each response's body.", func(b []byte, s *State) []byte { return strconv.AppendInt(b, s.ResponseLength, 10) }),
		each("upstream_bytes_received", "Bytes received from each peer.", func(b []byte, s *State) []byte { return strconv.AppendInt(b, s.BytesReceived, 10) }),
		each("upstream_bytes_sent", "Bytes sent to each peer.", func(b []byte, s *State) []byte { return strconv.AppendInt(b, s.BytesSent, 10) }),
		{Name: "upstream_cache_status", Doc: "How a cache was used.", Volatile: true, Get: cacheStatus},
		{Name: "upstream_cache_last_modified", Doc: "The time of what has expired in a cache, where proxy_cache_revalidate is on.", Volatile: true, Get: cacheModified},
		{Name: "upstream_cache_etag", Doc: "The entity tag of what has expired in a cache, where proxy_cache_revalidate is on.", Volatile: true, Get: cacheETag},
		{Name: "upstream_http_", Doc: "A header of the response.", Volatile: true, Make: header},
		{Name: "upstream_trailer_", Doc: "A trailer of the response.", Volatile: true, Make: trailer},
		{Name: "upstream_cookie_", Doc: "A cookie that the response sets.", Volatile: true, Make: cookie},
	}
}

// Of is what the request's last upstream handler has left.
func Of(r *httpd.Request) *Upstream {
	u, _ := r.Upstream.(*Upstream)
	return u
}

// joined puts the tries behind one another: ", " between those of one handler,
// " : " where another one took over after an internal redirect.
func joined(r *httpd.Request, put func([]byte, *State) []byte) (string, bool) {
	u := Of(r)
	if u == nil || len(u.States) == 0 {
		return "", false
	}
	var room [256]byte
	b := room[:0]
	for i := 0; ; {
		b = put(b, &u.States[i])
		if i++; i == len(u.States) {
			break
		}
		if u.States[i].Peer != "" {
			b = append(b, ", "...)
			continue
		}
		b = append(b, " : "...)
		if i++; i == len(u.States) {
			break
		}
	}
	return r.Copy(b), true
}

func seconds(b []byte, d time.Duration) []byte {
	if d == unset {
		return append(b, '-')
	}
	ms := max(d.Milliseconds(), 0)
	b = strconv.AppendInt(b, ms/1000, 10)
	ms %= 1000
	return append(b, '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}

func header(name string) func(*httpd.Request) (string, bool) {
	return func(r *httpd.Request) (string, bool) {
		if u := Of(r); u != nil {
			return named(r, u.In.List, name)
		}
		return "", false
	}
}

func trailer(name string) func(*httpd.Request) (string, bool) {
	return func(r *httpd.Request) (string, bool) {
		if u := Of(r); u != nil {
			return named(r, u.In.Trailers, name)
		}
		return "", false
	}
}

// named is ngx_http_variable_unknown_header: lines of one name are joined.
func named(r *httpd.Request, list []http1.Header, name string) (value string, ok bool) {
	for i := range list {
		if !http1.MatchVariable(list[i].Name, name) {
			continue
		}
		if ok {
			value = r.Concat(value, ", ", list[i].Value)
		} else {
			value, ok = list[i].Value, true
		}
	}
	return value, ok
}

func cookie(name string) func(*httpd.Request) (string, bool) {
	return func(r *httpd.Request) (string, bool) {
		u := Of(r)
		if u == nil {
			return "", false
		}
		for i := range u.In.List {
			if h := &u.In.List[i]; h.ID == http1.SetCookie {
				if v, ok := http1.SetCookieValue(h.Value, name); ok {
					return v, true
				}
			}
		}
		return "", false
	}
}
