package http1

// Result is what a parser found.
type Result uint8

const (
	Again      Result = iota // more bytes are needed
	OK                       // a line, or a piece, is complete
	HeaderDone               // the empty line after the header
	BodyDone                 // the last chunk and its trailer

	// The client's mistakes, ngx_http_client_errors in ngx_http_request.c.
	InvalidMethod
	InvalidRequest
	InvalidVersion
	Invalid09Method
	InvalidHeader
	InvalidChunk

	// The upstream's.
	InvalidStatusLine
)

// Failed tells whether the bytes are refused.
func (r Result) Failed() bool { return r >= InvalidMethod }

// Text is nginx's log text, at level info, for a refused request line. The line of a refused header is put together from
// BadHeader.
func (r Result) Text() string {
	switch r {
	case InvalidMethod:
		return "client sent invalid method"
	case InvalidRequest:
		return "client sent invalid request"
	case InvalidVersion:
		return "client sent invalid version"
	case Invalid09Method:
		return "client sent invalid method in HTTP/0.9 request"
	case InvalidHeader:
		return "client sent invalid header line"
	case InvalidChunk:
		return "client sent invalid chunked body"
	case InvalidStatusLine:
		return "upstream sent no valid HTTP/1.0 header"
	}
	return ""
}

// StatusCode is the status of the answer to a client whose request was refused.
func (r Result) StatusCode() int {
	if r == InvalidVersion {
		return 505
	}
	return 400
}

// String names the result in tests and debug logs.
func (r Result) String() string {
	switch r {
	case Again:
		return "again"
	case OK:
		return "ok"
	case HeaderDone:
		return "header done"
	case BodyDone:
		return "body done"
	}
	return r.Text()
}
