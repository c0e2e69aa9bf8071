package http1

// Where normalize is in the path, in terms of what it has written so far.
const (
	inSegment = iota
	afterSlash
	afterDot
	afterDotDot
)

// normalize decodes %XX, takes "/./", "/../" and, if told so, "//" out of a path, and ends it at '?' or '#'
// (ngx_http_parse_complex_uri). A decoded byte counts as if it had been sent plainly, so "%2e%2e" and "%2f" do what ".." and
// "/" do; only '%', '#' and '?' lose their meaning by being encoded.
func normalize(raw []byte, emptyPath, mergeSlashes bool, scratch []byte, u URI) (URI, bool) {
	out := scratch[:0]
	if cap(out) < len(raw)+1 {
		out = make([]byte, 0, len(raw)+1)
	}
	if emptyPath {
		out = append(out, '/')
	}
	state := inSegment
	ext := -1
	i := 0
loop:
	for i < len(raw) {
		c := raw[i]
		i++
		if c == '%' {
			if i+1 >= len(raw) {
				return u, false
			}
			hi, lo := unhex[raw[i]], unhex[raw[i+1]]
			if hi|lo > 15 {
				return u, false
			}
			i += 2
			u.Quoted = true
			switch c = hi<<4 | lo; c {
			case 0:
				return u, false
			case '%', '#', '?':
				state = inSegment
				out = append(out, c)
				continue
			}
		} else if c == '?' || c == '#' {
			i--
			break loop
		}
		if c == '+' {
			u.Plus = true
		}
		switch state {
		case inSegment:
			switch c {
			case '/':
				ext = -1
				state = afterSlash
			case '.':
				ext = len(out) + 1
			}
			out = append(out, c)
		case afterSlash:
			switch c {
			case '/':
				if !mergeSlashes {
					out = append(out, c)
				}
				continue
			case '.':
				state = afterDot
			default:
				state = inSegment
			}
			out = append(out, c)
		case afterDot:
			switch c {
			case '/':
				out = out[:len(out)-1]
				state = afterSlash
				continue
			case '.':
				state = afterDotDot
			default:
				state = inSegment
			}
			out = append(out, c)
		case afterDotDot:
			if c == '/' {
				if out = parent(out); out == nil {
					return u, false
				}
				state = afterSlash
				continue
			}
			state = inSegment
			out = append(out, c)
		}
	}
	switch state {
	case afterDot:
		out = out[:len(out)-1]
	case afterDotDot:
		if out = parent(out); out == nil {
			return u, false
		}
	}
	u.Path = View(out)
	if ext >= 0 && ext < len(out) {
		u.Ext = View(out[ext:])
	}
	if i < len(raw) && raw[i] == '?' {
		u.HasArgs = true
		end := i + 1
		for end < len(raw) && raw[end] != '#' {
			end++
		}
		u.Args = View(raw[i+1 : end])
	}
	return u, true
}

// parent cuts "/seg/.." down to "/"; nil if that leads above the root.
func parent(out []byte) []byte {
	for i := len(out) - 4; i >= 0; i-- {
		if out[i] == '/' {
			return out[:i+1]
		}
	}
	return nil
}

// unhex has the value of hexadecimal digits, 255 for other bytes.
var unhex = func() (t [256]uint8) {
	for i := range t {
		c := byte(i)
		switch {
		case c >= '0' && c <= '9':
			t[i] = c - '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			t[i] = c | 0x20 - 'a' + 10
		default:
			t[i] = 255
		}
	}
	return t
}()
