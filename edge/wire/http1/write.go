package http1

// What a client may get before its answer.
const (
	Continue           = "HTTP/1.1 100 Continue\r\n\r\n"
	EarlyHintsLine     = "HTTP/1.1 103 Early Hints\r\n"
	SwitchingProtocols = "HTTP/1.1 101 Switching Protocols\r\n"
)

// ResponseHeader is the header of an answer, as ngx_http_header_filter writes it. Fields at their zero value are left out,
// except the numbers where it is said.
type ResponseHeader struct {
	Code       int
	StatusText string // stands for code and reason

	Server  string // the header's value; empty when it is among Headers
	Date    string // likewise
	Type    string // Content-Type
	Charset string // joined to Type

	Length       int64 // negative: left out
	LastModified int64 // NoTime: left out

	// Joined they make an absolute redirect, if LocationHost is set; a Location that is complete is among Headers.
	LocationScheme, LocationHost string
	LocationPort                 int
	LocationURI                  string

	Chunked          bool
	KeepAlive        bool
	KeepAliveTimeout int  // of the Keep-Alive header; 0: none
	Vary             bool // Vary: Accept-Encoding of gzip_vary

	Headers []HeaderLine
}

// HeaderLine is a header to be written. One with an empty name has been taken out.
type HeaderLine struct {
	Name, Value string
}

// Append writes the header up to the empty line, in nginx's order: status line, Server, Date, Content-Type, Content-Length,
// Last-Modified, Location, Transfer-Encoding, Connection, Keep-Alive, Vary, and the others.
func (h *ResponseHeader) Append(dst []byte) []byte {
	dst = AppendStatusLine(dst, h.Code, h.StatusText)
	if h.Server != "" {
		dst = AppendHeader(dst, "Server", h.Server)
	}
	if h.Date != "" {
		dst = AppendHeader(dst, "Date", h.Date)
	}
	if h.Type != "" {
		dst = append(dst, "Content-Type: "...)
		dst = append(dst, h.Type...)
		if h.Charset != "" {
			dst = append(dst, "; charset="...)
			dst = append(dst, h.Charset...)
		}
		dst = append(dst, '\r', '\n')
	}
	if h.Length >= 0 {
		dst = append(dst, "Content-Length: "...)
		dst = AppendInt(dst, h.Length)
		dst = append(dst, '\r', '\n')
	}
	if h.LastModified != NoTime {
		dst = append(dst, "Last-Modified: "...)
		dst = AppendDate(dst, h.LastModified)
		dst = append(dst, '\r', '\n')
	}
	if h.LocationHost != "" {
		dst = append(dst, "Location: "...)
		dst = h.AppendLocation(dst)
		dst = append(dst, '\r', '\n')
	}
	if h.Chunked {
		dst = append(dst, "Transfer-Encoding: chunked\r\n"...)
	}
	switch {
	case h.Code == 101:
		dst = append(dst, "Connection: upgrade\r\n"...)
	case !h.KeepAlive:
		dst = append(dst, "Connection: close\r\n"...)
	default:
		dst = append(dst, "Connection: keep-alive\r\n"...)
		if h.KeepAliveTimeout > 0 {
			dst = append(dst, "Keep-Alive: timeout="...)
			dst = AppendInt(dst, int64(h.KeepAliveTimeout))
			dst = append(dst, '\r', '\n')
		}
	}
	if h.Vary {
		dst = append(dst, "Vary: Accept-Encoding\r\n"...)
	}
	return AppendHeaders(dst, h.Headers)
}

// AppendLocation writes the absolute redirect's URL.
func (h *ResponseHeader) AppendLocation(dst []byte) []byte {
	dst = append(dst, h.LocationScheme...)
	dst = append(dst, "://"...)
	dst = append(dst, h.LocationHost...)
	if h.LocationPort != 0 {
		dst = append(dst, ':')
		dst = AppendInt(dst, int64(h.LocationPort))
	}
	return append(dst, h.LocationURI...)
}

// AppendHeader writes one line.
func AppendHeader(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ':', ' ')
	dst = append(dst, value...)
	return append(dst, '\r', '\n')
}

// AppendHeaders writes lines and the empty line behind them: the end of a header, early hints, or a trailer.
func AppendHeaders(dst []byte, lines []HeaderLine) []byte {
	for i := range lines {
		if lines[i].Name != "" {
			dst = AppendHeader(dst, lines[i].Name, lines[i].Value)
		}
	}
	return append(dst, '\r', '\n')
}
