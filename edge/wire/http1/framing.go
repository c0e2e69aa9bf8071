package http1

// Refusal is why a request whose lines are all well-formed is answered with an error all the same. The zero value is none.
type Refusal struct {
	Status int    // of the answer
	Text   string // of the log line, at level info; Value follows in quotes if Quoted is set
	Value  string
	Quoted bool
}

// AppendLog writes the log text.
func (r Refusal) AppendLog(dst []byte) []byte {
	dst = append(dst, r.Text...)
	if r.Quoted {
		dst = append(dst, '"')
		dst = append(dst, r.Value...)
		dst = append(dst, '"')
	}
	return dst
}

// NoLength is the length of a body that no header tells.
const NoLength = -1

// Framing is how long a request's body is.
type Framing struct {
	Length  int64 // NoLength without Content-Length
	Chunked bool
}

// HasBody tells whether a body follows the header.
func (f Framing) HasBody() bool { return f.Chunked || f.Length > 0 }

// FrameRequest does the checks at the end of a request's header, in nginx's order (ngx_http_process_request_header; RFC 9112,
// 6.3). The headers are nil if there are none. allowConnect is the allow_connect directive's.
func FrameRequest(method Method, version int32, host, length, coding *Header, allowConnect bool) (Framing, Refusal) {
	f := Framing{Length: NoLength}
	if host == nil && version > HTTP10 {
		return f, Refusal{Status: 400, Text: `client sent HTTP/1.1 request without "Host" header`}
	}
	if length != nil {
		n, ok := ParseLength(length.Value)
		if !ok {
			return f, Refusal{Status: 400, Text: `client sent invalid "Content-Length" header`}
		}
		f.Length = n
	}
	if coding != nil {
		switch {
		case version < HTTP11:
			return f, Refusal{Status: 400, Text: `client sent HTTP/1.0 request with "Transfer-Encoding" header`}
		case !EqualFold(coding.Value, "chunked"):
			return f, Refusal{501, `client sent unknown "Transfer-Encoding": `, coding.Value, true}
		case length != nil:
			return f, Refusal{Status: 400,
				Text: `client sent "Content-Length" and "Transfer-Encoding" headers at the same time`}
		}
		f.Chunked = true
	}
	switch method {
	case CONNECT:
		if version != HTTP11 || !allowConnect {
			return f, Refusal{Status: 405, Text: "client sent CONNECT method"}
		}
		if f.HasBody() {
			return f, Refusal{Status: 400, Text: "client sent CONNECT request with body"}
		}
	case TRACE:
		return f, Refusal{Status: 405, Text: "client sent TRACE method"}
	}
	return f, Refusal{}
}
