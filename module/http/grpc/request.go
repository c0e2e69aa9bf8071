package grpc

import (
	"encoding/binary"
	"strings"

	"golang.org/x/net/http2/hpack"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd/upstreamhttp"
)

// Kinds of frames (RFC 9113, 6).
const (
	data         = 0
	headers      = 1
	reset        = 3
	settings     = 4
	promise      = 5
	ping         = 6
	goAway       = 7
	windowUpdate = 8
	continuation = 9
)

// Flags.
const (
	endStream  = 1
	ack        = 1
	endHeaders = 4
	padded     = 8
	priority   = 0x20
)

const (
	frameHead   = 9
	mostFrame   = 16384 // what everybody takes
	firstWindow = 65535
	mostWindow  = 1<<31 - 1
	streamID    = 1
)

// preface is what each connection begins with: no dynamic table, no pushes, and windows
// that are as large as can be.
var preface = func() []byte {
	b := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	b = appendHead(b, 18, settings, 0, 0)
	for _, s := range [][2]uint32{{1, 0}, {2, 0}, {4, mostWindow}} {
		b = binary.BigEndian.AppendUint16(b, uint16(s[0]))
		b = binary.BigEndian.AppendUint32(b, s[1])
	}
	return appendUpdate(b, 0, mostWindow-firstWindow)
}()

func appendHead(b []byte, size int, kind, flags byte, id uint32) []byte {
	b = append(b, byte(size>>16), byte(size>>8), byte(size), kind, flags)
	return binary.BigEndian.AppendUint32(b, id)
}

func appendUpdate(b []byte, id, n uint32) []byte {
	return binary.BigEndian.AppendUint32(appendHead(b, 4, windowUpdate, 0, id), n)
}

// Create implements upstreamhttp.Protocol. A body that is here and small goes with the
// header.
func (x *exchange) Create(u *upstreamhttp.Upstream, b []byte) ([]byte, bool) {
	r := u.R
	host := x.to.Host
	if u.PeerHost {
		host = u.Host
	}
	scheme := "http"
	if u.Secure {
		scheme = "https"
	}
	u.URI = x.to.URI
	list := appendField(nil, ":method", r.MethodName)
	list = appendField(list, ":scheme", scheme)
	list = appendField(list, ":path", x.to.URI)
	list = appendField(list, ":authority", host)
	for line := range strings.SplitSeq(http1.View(x.to.Lines), "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok && !ofConnection(name) {
			list = appendField(list, name, value)
		}
	}
	if u.Conf.PassHeaders {
		for i := range r.In.List {
			if h := &r.In.List[i]; !ofConnection(h.Name) && (x.to.Without == nil || !x.to.Without.Has(h)) {
				list = appendField(list, h.Name, h.Value)
			}
		}
	}
	list = appendField(list, "te", "trailers")
	b = append(b, preface...)
	none := !u.NoBuffer && r.Body.Len == 0 || !u.Conf.PassBody
	b = appendHeaders(b, list, none)
	small := !none && !u.NoBuffer && r.Body.File == nil && len(r.Body.Mem) <= mostFrame
	if small {
		b = append(appendHead(b, len(r.Body.Mem), data, endStream, streamID), r.Body.Mem...)
	}
	u.OwnBody = none || small
	return b, true
}

// ofConnection tells which headers do not go on: those that are about the connection, and
// what stands elsewhere. The length of the body is known by its end.
func ofConnection(name string) bool {
	switch http1.LookupHeader(name) {
	case http1.Host, http1.Connection, http1.KeepAlive, http1.TransferEncoding, http1.Upgrade, http1.ContentLength:
		return true
	}
	for _, other := range []string{"TE", "Proxy-Connection", "HTTP2-Settings"} {
		if http1.EqualFold(name, other) {
			return true
		}
	}
	return false
}

// appendField writes a field as it is, which all tables take (RFC 7541, 6.2.2).
func appendField(b []byte, name, value string) []byte {
	b = appendInt(append(b, 0), len(name))
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		b = append(b, c)
	}
	return append(appendInt(b, len(value)), value...)
}

// appendInt writes a number with a prefix of seven bits (RFC 7541, 5.1).
func appendInt(b []byte, n int) []byte {
	if n < 127 {
		return append(b, byte(n))
	}
	b = append(b, 127)
	for n -= 127; n >= 128; n >>= 7 {
		b = append(b, byte(n)|128)
	}
	return append(b, byte(n))
}

// appendHeaders writes a header in as many frames as it takes.
func appendHeaders(b, list []byte, last bool) []byte {
	kind, flags := byte(headers), byte(0)
	if last {
		flags = endStream
	}
	for {
		part := list[:min(len(list), mostFrame)]
		list = list[len(part):]
		if len(list) == 0 {
			flags |= endHeaders
		}
		b = append(appendHead(b, len(part), kind, flags, streamID), part...)
		if len(list) == 0 {
			return b
		}
		kind, flags = continuation, 0
	}
}

// newDecoder reads headers of peers that use no dynamic table.
func newDecoder(emit func(hpack.HeaderField)) *hpack.Decoder {
	d := hpack.NewDecoder(0, emit)
	d.SetAllowedMaxDynamicTableSize(0)
	return d
}
