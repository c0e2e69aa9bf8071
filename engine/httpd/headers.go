package httpd

import (
	"moongate/edge/wire/http1"
)

// Header is one line of a header, the name as written.
type Header = http1.Header

// HeadersIn is what the client sent.
type HeadersIn struct {
	List          []Header
	ContentLength int64 // -1: none
	Chunked       bool
	ConnClose     bool
	ConnKeepAlive bool
	UserAgent     userAgent // for keepalive_disable and msie_padding
	User          string    // of Basic authentication, see Request.BasicAuth
	Passwd        string
	userParsed    bool
}

type userAgent uint8

const (
	uaMSIE userAgent = 1 << iota
	uaMSIE6
	uaSafari
	uaChrome
)

// Get is the first header of that name, in any case; "" and false without one.
func (h *HeadersIn) Get(name string) (string, bool) {
	for i := range h.List {
		if http1.EqualFold(h.List[i].Name, name) {
			return h.List[i].Value, true
		}
	}
	return "", false
}

// Known is the first header with one of http1's ids.
func (h *HeadersIn) Known(id http1.HeaderID) (string, bool) {
	for i := range h.List {
		if h.List[i].ID == id {
			return h.List[i].Value, true
		}
	}
	return "", false
}

// Del removes all headers of that name.
func (h *HeadersIn) Del(name string) {
	n := 0
	for i := range h.List {
		if !http1.EqualFold(h.List[i].Name, name) {
			h.List[n] = h.List[i]
			n++
		}
	}
	h.List = h.List[:n]
}

// Add appends a header.
func (h *HeadersIn) Add(name, value string) {
	h.List = append(h.List, Header{Name: name, Value: value, ID: http1.LookupHeader(name)})
}

// Set replaces all headers of that name by one.
func (h *HeadersIn) Set(name, value string) {
	for i := range h.List {
		if http1.EqualFold(h.List[i].Name, name) {
			h.List[i].Value = value
			for j := len(h.List) - 1; j > i; j-- {
				if http1.EqualFold(h.List[j].Name, name) {
					h.List = append(h.List[:j], h.List[j+1:]...)
				}
			}
			return
		}
	}
	h.Add(name, value)
}

// HeadersOut is the response's header. What has a field here is not in List.
type HeadersOut struct {
	Status        int
	StatusLine    string // "404 Not here": replaces the standard reason
	ContentType   string // without charset
	Charset       string
	ContentLength int64 // -1: unknown
	LastModified  int64 // Unix seconds, -1: none
	Location      string
	List          []Header
	Trailers      []Header

	hasServer bool // Server and Date are in List, or shall not be sent
	hasDate   bool
}

// Get is the first header of that name in List.
func (h *HeadersOut) Get(name string) (string, bool) {
	for i := range h.List {
		if http1.EqualFold(h.List[i].Name, name) {
			return h.List[i].Value, true
		}
	}
	return "", false
}

// Add appends a header line.
func (h *HeadersOut) Add(name, value string) {
	h.List = append(h.List, Header{Name: name, Value: value})
}

// Set replaces the headers of that name by one.
func (h *HeadersOut) Set(name, value string) {
	for i := range h.List {
		if http1.EqualFold(h.List[i].Name, name) {
			h.List[i].Value = value
			for j := len(h.List) - 1; j > i; j-- {
				if http1.EqualFold(h.List[j].Name, name) {
					h.List = append(h.List[:j], h.List[j+1:]...)
				}
			}
			return
		}
	}
	h.Add(name, value)
}

// Del removes all headers of that name.
func (h *HeadersOut) Del(name string) {
	n := 0
	for i := range h.List {
		if !http1.EqualFold(h.List[i].Name, name) {
			h.List[n] = h.List[i]
			n++
		}
	}
	h.List = h.List[:n]
}

// SetServer replaces the Server header ("" removes it), SetDate the Date. They
// then stand among the others, in their order, and not first as our own.
func (h *HeadersOut) SetServer(v string) { h.hasServer = true; h.replace("Server", v) }
func (h *HeadersOut) SetDate(v string)   { h.hasDate = true; h.replace("Date", v) }

func (h *HeadersOut) replace(name, v string) {
	if v == "" {
		h.Del(name)
	} else {
		h.Set(name, v)
	}
}

// AddServer appends a Server header as it came, AddDate a Date.
func (h *HeadersOut) AddServer(line Header) { h.hasServer = true; h.List = append(h.List, line) }
func (h *HeadersOut) AddDate(line Header)   { h.hasDate = true; h.List = append(h.List, line) }

// Date tells what was set, ok false when the engine's own stands.
func (h *HeadersOut) Date() (string, bool) {
	if !h.hasDate {
		return "", false
	}
	v, _ := h.Get("Date")
	return v, true
}

// ClearContentLength and the like are what filters do that change a body.
func (h *HeadersOut) ClearContentLength() { h.ContentLength = -1 }
func (h *HeadersOut) ClearAcceptRanges(r *Request) {
	r.AllowRanges = false
	h.Del("Accept-Ranges")
}

// ClearLastModified drops Last-Modified; ClearETag the entity tag; WeakETag
// makes a strong tag weak, as filters must that change bytes but not meaning.
func (h *HeadersOut) ClearLastModified() {
	h.LastModified = -1
	h.Del("Last-Modified")
}

// Modified is the time of the last change, be it a file's or in a header line that
// came from upstream; -1 without one.
func (h *HeadersOut) Modified() int64 {
	if h.LastModified >= 0 {
		return h.LastModified
	}
	if v, ok := h.Get("Last-Modified"); ok {
		if sec, ok := http1.ParseDate(v); ok {
			return sec
		}
	}
	return -1
}
func (h *HeadersOut) ClearETag() { h.Del("ETag") }
func (h *HeadersOut) WeakETag(r *Request) {
	for i := range h.List {
		if http1.EqualFold(h.List[i].Name, "ETag") {
			v := h.List[i].Value
			if len(v) > 2 && v[0] == 'W' && v[1] == '/' {
				return
			}
			if len(v) < 2 || v[0] != '"' {
				h.Del("ETag")
				return
			}
			h.List[i].Value = r.Concat("W/", v)
			return
		}
	}
}
