package httpd

import "strings"

// hpackEntry is a field of a table.
type hpackEntry struct{ name, value string }

func (e *hpackEntry) size() int { return len(e.name) + len(e.value) + 32 }

// hpackTable is what a client's header blocks refer to: the static table and,
// behind it, the fields that the client has told to keep (RFC 7541 section 2.3).
type hpackTable struct {
	dynamic []hpackEntry // the newest is the last
	size    int
	max     int
}

// at is the field of an index; 1 is the first.
func (t *hpackTable) at(index int) (hpackEntry, bool) {
	if index <= len(staticTable) {
		return staticTable[index-1], true
	}
	if index -= len(staticTable); index <= len(t.dynamic) {
		return t.dynamic[len(t.dynamic)-index], true
	}
	return hpackEntry{}, false
}

// add keeps a field, at the cost of the oldest ones.
func (t *hpackTable) add(e hpackEntry) {
	t.size += e.size()
	t.dynamic = append(t.dynamic, e)
	t.evict()
}

func (t *hpackTable) evict() {
	n := 0
	for t.size > t.max {
		t.size -= t.dynamic[n].size()
		n++
	}
	if n > 0 {
		kept := copy(t.dynamic, t.dynamic[n:])
		clear(t.dynamic[kept:])
		t.dynamic = t.dynamic[:kept]
	}
}

// staticTable is appendix A of RFC 7541.
var staticTable = func() (t []hpackEntry) {
	for _, line := range strings.Split(strings.TrimSpace(staticText), "\n") {
		name, value, _ := strings.Cut(line, " ")
		t = append(t, hpackEntry{name, value})
	}
	return t
}()

const staticText = `
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate
`
