package http1

// HTTP versions, major * 1000 + minor, as in nginx's $server_protocol decisions.
const (
	HTTP09 = 9
	HTTP10 = 1000
	HTTP11 = 1001
	HTTP20 = 2000
	HTTP30 = 3000
)

// RequestLine is a parsed request line. The numbers are offsets into the slice given to ParseRequestLine; the methods cut the
// texts out of that slice, or out of a copy of it.
//
//	GET http://host:80/a/b.html?x=1 HTTP/1.1\r\n
//	^  ^^     ^        ^   ^    ^  ^^       ^
//	|  ||     |        |   |    |  |Proto   End
//	|  ||     |        |   |    |  URIEnd
//	|  ||     HostStart|   |    ArgsStart (minus 1: the '?')
//	|  |SchemeStart    |   ExtStart
//	|  MethodEnd       URIStart
//	Start
type RequestLine struct {
	Start, End             int32
	MethodEnd              int32
	SchemeStart, SchemeEnd int32
	HostStart, HostEnd     int32 // with the port
	URIStart, URIEnd       int32
	ArgsStart              int32 // 0: none, or found only by the second look at a complex URI
	ExtStart               int32 // 0: none
	ProtoStart             int32 // 0: HTTP/0.9
	Version                int32
	Method                 Method
	Complex                bool // has "//", "/." or "#": must be normalised
	Quoted                 bool // has '%'
	Plus                   bool // has '+'
	EmptyPath              bool // absolute form with a query and no path
}

// MethodName is the method as sent.
func (l *RequestLine) MethodName(buf []byte) string { return cut(buf, l.Start, l.MethodEnd) }

// Text is the request line without its line end, $request.
func (l *RequestLine) Text(buf []byte) string { return cut(buf, l.Start, l.End) }

// RawURI is the target's path and arguments as sent, $request_uri.
func (l *RequestLine) RawURI(buf []byte) string { return cut(buf, l.URIStart, l.URIEnd) }

// Scheme of an absolute target.
func (l *RequestLine) Scheme(buf []byte) string { return cut(buf, l.SchemeStart, l.SchemeEnd) }

// Host of an absolute target or of CONNECT, with its port, not yet validated.
func (l *RequestLine) Host(buf []byte) string { return cut(buf, l.HostStart, l.HostEnd) }

// HasHost tells whether the line names a host; an empty one ("http:///x") counts, and is refused by ParseHost.
func (l *RequestLine) HasHost() bool { return l.HostEnd != 0 }

// Protocol is "HTTP/1.1" as sent, with spaces that may follow it; empty for HTTP/0.9.
func (l *RequestLine) Protocol(buf []byte) string {
	if l.ProtoStart == 0 {
		return ""
	}
	return cut(buf, l.ProtoStart, l.End)
}

// NeedsNormalizing tells whether the path must be decoded before it is used.
func (l *RequestLine) NeedsNormalizing() bool { return l.Complex || l.Quoted || l.EmptyPath }

// BrokenText is what nginx logs as "request" of a line that was refused or never finished: from the method to the line end,
// or to the last byte there is.
func (l *RequestLine) BrokenText(buf []byte) string {
	end := int(l.Start)
	for end < len(buf) && buf[end] != '\r' && buf[end] != '\n' {
		end++
	}
	return cut(buf, l.Start, int32(end))
}

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Preface tells whether buf, a connection's first bytes, are the preface of HTTP/2 (RFC 9113, 3.4), and whether all of its 24
// bytes are there.
func Preface(buf []byte) (match, whole bool) {
	n := min(len(buf), len(preface))
	return View(buf[:n]) == preface[:n], n == len(preface)
}

// ParseRequestLine parses the line at the start of buf, after any number of CR and LF. It returns the number of bytes up to
// and with the line feed. With Again, l.Start says how many bytes of empty lines may be dropped.
func ParseRequestLine(buf []byte, l *RequestLine) (int, Result) {
	*l = RequestLine{}
	i := 0
	for i < len(buf) && (buf[i] == '\r' || buf[i] == '\n') {
		i++
	}
	l.Start = int32(i)
	start := i
	for i < len(buf) && methodChar(buf[i]) {
		i++
	}
	if i == len(buf) {
		return 0, Again
	}
	if buf[i] != ' ' || i == start {
		return 0, InvalidMethod
	}
	l.MethodEnd = int32(i)
	l.Method = ParseMethod(View(buf[start:i]))
	for i < len(buf) && buf[i] == ' ' {
		i++
	}
	if i == len(buf) {
		return 0, Again
	}
	switch c := buf[i]; {
	case l.Method == CONNECT:
		var r Result
		if i, r = l.authority(buf, i); r != OK {
			return 0, r
		}
	case c == '/':
		l.URIStart = int32(i)
		var r Result
		if i, r = l.path(buf, i+1); r != OK {
			return 0, r
		}
	case c|0x20 >= 'a' && c|0x20 <= 'z':
		var r Result
		if i, r = l.absolute(buf, i); r != OK {
			return 0, r
		}
	default:
		return 0, InvalidRequest
	}
	return l.version(buf, i)
}

// path goes through the path at i, behind a slash, to the byte that ends the target, and notes what has to be looked at
// again. Marks as in nginx: the first complication ends the search for arguments and extension.
func (l *RequestLine) path(buf []byte, i int) (int, Result) {
	afterSlash := true
	for i < len(buf) {
		c := buf[i]
		if class[c]&uriUsual != 0 {
			for i++; i < len(buf) && class[buf[i]]&uriUsual != 0; i++ {
			}
			afterSlash = false
			continue
		}
		switch c {
		case '/':
			if afterSlash {
				l.Complex = true
				return l.args(buf, i+1)
			}
			l.ExtStart = 0
			afterSlash = true
		case '.':
			if afterSlash {
				l.Complex = true
				return l.args(buf, i+1)
			}
			l.ExtStart = int32(i + 1)
		case '+':
			l.Plus = true // and what follows a slash still does
		case '%':
			l.Quoted = true
			return l.args(buf, i+1)
		case '?':
			l.ArgsStart = int32(i + 1)
			return l.args(buf, i+1)
		default: // '#', the end, or a control character
			return l.args(buf, i)
		}
		i++
	}
	return i, Again
}

// args goes on to the end of the target without looking for anything but a fragment.
func (l *RequestLine) args(buf []byte, i int) (int, Result) {
	for i < len(buf) {
		c := buf[i]
		if class[c]&uriArgs != 0 {
			i++
			continue
		}
		switch c {
		case '#':
			l.Complex = true
			i++
		case ' ', '\r', '\n':
			l.URIEnd = int32(i)
			return i, OK
		default:
			return i, InvalidRequest
		}
	}
	return i, Again
}
