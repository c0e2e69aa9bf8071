package http1

// StatusLine is the first line of an upstream's response. The offsets are into the slice given to ParseStatusLine.
type StatusLine struct {
	Version    int32
	Code       int
	Start, End int32
}

// Text is the status as sent, "404 Not Found", for the client's status line.
func (l *StatusLine) Text(buf []byte) string { return cut(buf, l.Start, l.End) }

// ParseStatusLine parses the line at the start of buf (ngx_http_parse_status_line). InvalidStatusLine means that this is no
// HTTP/1 answer: nginx logs "upstream sent no valid HTTP/1.0 header" at level error, takes the answer for HTTP/0.9 (everything,
// from buf[0] on, is the body of a 200) and closes the connection after it.
func ParseStatusLine(buf []byte, l *StatusLine) (int, Result) {
	*l = StatusLine{}
	const proto = "HTTP/"
	i := 0
	for ; i < len(proto); i++ {
		if i == len(buf) {
			return 0, Again
		}
		if buf[i] != proto[i] {
			return 0, InvalidStatusLine
		}
	}
	major, i, r := versionNumber(buf, i, '.')
	if r != OK {
		return 0, r
	}
	minor, i, r := versionNumber(buf, i, ' ')
	if r != OK {
		return 0, r
	}
	l.Version = int32(major*1000 + minor)

	for digits := 0; digits < 3; i++ {
		if i == len(buf) {
			return 0, Again
		}
		c := buf[i]
		if c == ' ' {
			continue // even between the digits
		}
		if c-'0' > 9 {
			return 0, InvalidStatusLine
		}
		l.Code = l.Code*10 + int(c-'0')
		digits++
	}
	l.Start = int32(i - 3)
	if i == len(buf) {
		return 0, Again
	}
	switch buf[i] {
	case ' ', '.': // "403.1" is a status of IIS
		for i++; i < len(buf) && buf[i] != '\r' && buf[i] != '\n'; i++ {
		}
	case '\r', '\n':
	default:
		return 0, InvalidStatusLine
	}
	if i == len(buf) {
		return 0, Again
	}
	l.End = int32(i)
	if buf[i] == '\r' {
		if i++; i == len(buf) {
			return 0, Again
		}
		if buf[i] != '\n' {
			return 0, InvalidStatusLine
		}
	}
	return i + 1, OK
}

// versionNumber reads digits up to the byte that ends them.
func versionNumber(buf []byte, i int, end byte) (n, next int, r Result) {
	for first := true; ; i, first = i+1, false {
		if i == len(buf) {
			return 0, i, Again
		}
		c := buf[i]
		if c == end && !first {
			return n, i + 1, OK
		}
		if c-'0' > 9 || n > 99 || first && end == '.' && c == '0' {
			return 0, i, InvalidStatusLine
		}
		n = n*10 + int(c-'0')
	}
}
