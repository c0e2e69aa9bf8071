package httpd

import (
	"sync/atomic"

	"golang.org/x/net/http2/hpack"

	"moongate/core/version"
	"moongate/edge/wire/http1"
)

// Header blocks on their way out (RFC 7541): names from the static table,
// values as Huffman codes when these are shorter, and no dynamic table, so that
// a block depends on no other.

// Indexes of the static table, appendix A.
const (
	staticStatus        = 8
	staticContentLength = 28
	staticContentType   = 31
	staticDate          = 33
	staticLastModified  = 44
	staticLocation      = 46
	staticServer        = 54
	staticVary          = 59
)

// statusIndex are the statuses that the static table has.
var statusIndex = map[int]byte{200: 8, 204: 9, 206: 10, 304: 11, 400: 12, 404: 13, 500: 14}

func appendStatus(b []byte, status int) []byte {
	if i := statusIndex[status]; i != 0 {
		return append(b, 0x80|i)
	}
	return append(b, staticStatus, 3, byte('0'+status/100%10), byte('0'+status/10%10), byte('0'+status%10))
}

// appendInt writes an integer behind the flags of its first byte (section 5.1).
func appendHpackInt(b []byte, flags byte, bits uint, n uint64) []byte {
	most := uint64(1)<<bits - 1
	if n < most {
		return append(b, flags|byte(n))
	}
	b = append(b, flags|byte(most))
	for n -= most; n >= 128; n >>= 7 {
		b = append(b, 0x80|byte(n))
	}
	return append(b, byte(n))
}

func appendHpackString(b []byte, s string) []byte {
	if n := hpack.HuffmanEncodeLength(s); n < uint64(len(s)) {
		return hpack.AppendHuffmanString(appendHpackInt(b, 0x80, 7, n), s)
	}
	return append(appendHpackInt(b, 0, 7, uint64(len(s))), s...)
}

// appendIndexedName writes a literal field without indexing whose name the
// static table has (section 6.2.2).
func appendIndexedName(b []byte, index uint64, value string) []byte {
	return appendHpackString(appendHpackInt(b, 0, 4, index), value)
}

// appendField writes a literal field; names are in lower case (RFC 9113 section
// 8.2).
func appendField(b []byte, name, value string) []byte {
	var few [64]byte
	low := append(few[:0], name...)
	for i, c := range low {
		if c >= 'A' && c <= 'Z' {
			low[i] = c | 0x20
		}
	}
	b = appendHpackString(append(b, 0), view(low))
	return appendHpackString(b, value)
}

// http2Server are the Server headers of the settings of server_tokens.
var http2Server = [...][]byte{
	tokensOff:   appendIndexedName(nil, staticServer, "nginx"),
	tokensOn:    appendIndexedName(nil, staticServer, "nginx/"+version.Nginx),
	tokensBuild: appendIndexedName(nil, staticServer, "nginx/"+version.Nginx),
}

// encodedDate is the Date header of one second.
type encodedDate struct {
	sec  int64
	text []byte
}

var http2Dates atomic.Pointer[encodedDate]

func (w *Worker) http2Date(sec int64) []byte {
	if d := http2Dates.Load(); d != nil && d.sec == sec {
		return d.text
	}
	var text [http1.DateLen]byte
	d := &encodedDate{sec, appendIndexedName(nil, staticDate, view(http1.AppendDate(text[:0], sec)))}
	http2Dates.Store(d)
	return d.text
}
