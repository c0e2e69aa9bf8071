package http1

// ConnectionType is what the client asks to be done with the connection.
type ConnectionType uint8

const (
	ConnectionDefault ConnectionType = iota // keep-alive from HTTP/1.1 on
	ConnectionClose
	ConnectionKeepAlive
)

// Read takes in one Connection header. As in nginx the words may be anywhere in the value, "close" wins within a header, and
// the last header that says something wins among several.
func (t ConnectionType) Read(value string) ConnectionType {
	switch {
	case indexFold(value, "close") >= 0:
		return ConnectionClose
	case indexFold(value, "keep-alive") >= 0:
		return ConnectionKeepAlive
	}
	return t
}

// KeepAlive tells whether the client wants the connection kept (ngx_http_handler, which never asks for CONNECT: there it is
// not kept).
func (t ConnectionType) KeepAlive(version int32) bool {
	switch t {
	case ConnectionClose:
		return false
	case ConnectionKeepAlive:
		return true
	}
	return version > HTTP10
}

// Unique tells whether a request may have the header only once, else the answer is 400 (ngx_http_process_unique_header_line
// and ngx_http_process_host).
func (id HeaderID) Unique() bool { return uniqueInRequest[id] }

var uniqueInRequest = [NumHeaders]bool{
	Host: true, IfModifiedSince: true, IfUnmodifiedSince: true, IfMatch: true, IfNoneMatch: true, ContentLength: true,
	ContentRange: true, IfRange: true, TransferEncoding: true, Expect: true, Authorization: true,
	ProxyAuthorization: true,
}

// AppendDuplicate writes nginx's log text for a second header where one is allowed: sender is "client" or "upstream".
func AppendDuplicate(dst []byte, sender string, h, previous *Header) []byte {
	dst = append(dst, sender...)
	if h.ID == Host && sender == "client" {
		dst = append(dst, ` sent duplicate host header: "`...)
	} else {
		dst = append(dst, ` sent duplicate header line: "`...)
	}
	dst = append(dst, h.Name...)
	dst = append(dst, ": "...)
	dst = append(dst, h.Value...)
	dst = append(dst, `", previous value: "`...)
	dst = append(dst, previous.Name...)
	dst = append(dst, ": "...)
	dst = append(dst, previous.Value...)
	return append(dst, '"')
}

// AppendBadHeader writes nginx's log text for a header line that ParseHeader refused; prefix is "client sent invalid header
// line" or "upstream sent invalid header" or "upstream sent invalid trailer".
func AppendBadHeader(dst []byte, prefix string, line []byte) []byte {
	text, bad := BadHeader(line)
	dst = append(dst, prefix...)
	dst = append(dst, `: "`...)
	dst = append(dst, text...)
	dst = append(dst, '\\', 'x', "0123456789abcdef"[bad>>4], "0123456789abcdef"[bad&15])
	return append(dst, `..."`...)
}
