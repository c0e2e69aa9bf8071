package http1

// absolute parses scheme, host and port of "http://host:port/path" at i (RFC 9112, 3.2.2) and goes on with the path.
func (l *RequestLine) absolute(buf []byte, i int) (int, Result) {
	l.SchemeStart = int32(i)
	for i < len(buf) && class[buf[i]]&schemeChar != 0 {
		i++
	}
	for j := 0; j < 3; i, j = i+1, j+1 {
		if i == len(buf) {
			return i, Again
		}
		if buf[i] != "://"[j] {
			return i, InvalidRequest
		}
		if j == 0 {
			l.SchemeEnd = int32(i)
		}
	}
	i, r := l.hostport(buf, i)
	if r != OK {
		return i, r
	}
	switch buf[i] {
	case '/':
		l.URIStart = int32(i)
		return l.path(buf, i+1)
	case '?':
		l.URIStart = int32(i)
		l.ArgsStart = int32(i + 1)
		l.EmptyPath = true
		return l.args(buf, i+1)
	case ' ':
		// The path is "/", and a slash of "://" stands for it.
		l.URIStart = l.SchemeEnd + 1
		l.URIEnd = l.SchemeEnd + 2
		return i, OK
	}
	return i, InvalidRequest
}

// authority parses the target of CONNECT, "host:port" (RFC 9112, 3.2.3): the port is a must.
func (l *RequestLine) authority(buf []byte, i int) (int, Result) {
	i, r := l.hostport(buf, i)
	if r != OK {
		return i, r
	}
	if c := buf[i-1]; c-'0' > 9 || !l.hasPort(buf) || buf[i] != ' ' {
		return i, InvalidRequest
	}
	return i, OK
}

// hasPort: outside brackets a colon begins the port.
func (l *RequestLine) hasPort(buf []byte) bool {
	for i := l.HostEnd - 1; i >= l.HostStart; i-- {
		switch buf[i] {
		case ':':
			return true
		case ']':
			return false
		}
	}
	return false
}

// hostport goes to the first byte behind the host and the port, if there is one. Which names are allowed is ParseHost's
// business; here nginx only looks for the end.
func (l *RequestLine) hostport(buf []byte, i int) (int, Result) {
	l.HostStart = int32(i)
	if i == len(buf) {
		return i, Again
	}
	if buf[i] == '[' {
		for i++; i < len(buf) && class[buf[i]]&literalChar != 0; i++ {
		}
		if i == len(buf) {
			return i, Again
		}
		if buf[i] != ']' {
			return i, InvalidRequest
		}
		i++
	} else {
		for i < len(buf) && class[buf[i]]&hostChar != 0 {
			i++
		}
	}
	if i < len(buf) && buf[i] == ':' {
		for i++; i < len(buf) && buf[i]-'0' <= 9; i++ {
		}
	}
	if i == len(buf) {
		return i, Again
	}
	l.HostEnd = int32(i)
	return i, OK
}
