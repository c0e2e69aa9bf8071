package http1

// version parses what follows the target.
func (l *RequestLine) version(buf []byte, i int) (int, Result) {
	for i < len(buf) && buf[i] == ' ' {
		i++
	}
	if i == len(buf) {
		return 0, Again
	}
	if rest := buf[i:]; len(rest) > 9 && View(rest[:8]) == "HTTP/1.1" && rest[8] == '\r' && rest[9] == '\n' {
		l.ProtoStart = int32(i)
		l.Version = HTTP11
		l.slashOfConnect(i + 4)
		l.End = int32(i + 8)
		return i + 10, OK
	}
	if buf[i] != 'H' {
		return l.end(buf, i, HTTP09)
	}
	const proto = "HTTP/"
	l.ProtoStart = int32(i)
	for j := 0; j < len(proto); i, j = i+1, j+1 {
		if i == len(buf) {
			return 0, Again
		}
		if buf[i] != proto[j] {
			return 0, InvalidRequest
		}
	}
	l.slashOfConnect(i - 1)

	major := int32(0)
	for digits := 0; ; digits, i = digits+1, i+1 {
		if i == len(buf) {
			return 0, Again
		}
		c := buf[i]
		if c == '.' && digits > 0 {
			i++
			break
		}
		if c-'0' > 9 || c == '0' && digits == 0 {
			return 0, InvalidRequest
		}
		if major = major*10 + int32(c-'0'); major > 1 {
			return 0, InvalidVersion
		}
	}
	minor := int32(0)
	for digits := 0; ; digits, i = digits+1, i+1 {
		if i == len(buf) {
			return 0, Again
		}
		c := buf[i]
		if digits > 0 && (c == ' ' || c == '\r' || c == '\n') {
			break
		}
		if c-'0' > 9 || minor > 99 {
			return 0, InvalidRequest
		}
		minor = minor*10 + int32(c-'0')
	}
	for i < len(buf) && buf[i] == ' ' {
		i++
	}
	if i == len(buf) {
		return 0, Again
	}
	return l.end(buf, i, major*1000+minor)
}

// slashOfConnect gives CONNECT the URI "/": the slash of "HTTP/" stands for it, so that the URI is inside the line.
func (l *RequestLine) slashOfConnect(at int) {
	if l.Method == CONNECT {
		l.URIStart = int32(at)
		l.URIEnd = int32(at + 1)
	}
}

func (l *RequestLine) end(buf []byte, i int, version int32) (int, Result) {
	l.End = int32(i)
	if buf[i] == '\r' {
		if i++; i == len(buf) {
			return 0, Again
		}
	}
	if buf[i] != '\n' {
		return 0, InvalidRequest
	}
	l.Version = version
	if version == HTTP09 && l.Method != GET {
		return i + 1, Invalid09Method
	}
	return i + 1, OK
}
