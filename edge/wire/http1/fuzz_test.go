package http1

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// Common to the line parsers: what they say of a beginning of the input is Again, or what they say of all of it.
func sameForPrefixes(t *testing.T, in []byte, parse func([]byte) (int, Result)) {
	t.Helper()
	n, r := parse(in)
	if n < 0 || n > len(in) || (r == OK || r == HeaderDone) && n == 0 {
		t.Fatalf("%q: %d of %d bytes, %v", in, n, len(in), r)
	}
	for i := range in {
		m, sr := parse(in[:i])
		if sr != Again && (sr != r || m != n) {
			t.Fatalf("%q: first %d bytes: %d %v, all: %d %v", in, i, m, sr, n, r)
		}
		if sr == Again && r == OK && i >= n {
			t.Fatalf("%q: first %d bytes are not enough, all: %d %v", in, i, n, r)
		}
	}
}

func FuzzRequestLine(f *testing.F) {
	for _, s := range []string{browserRequest, "CONNECT h:80 HTTP/1.1\r\n", "GET http://[::1]:8/%2e?x#y HTTP/1.0 \n",
		"\r\nGET /a/../b\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /a+/..%2f//x.y.z HTTP/1.1\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var l RequestLine
		sameForPrefixes(t, in, func(b []byte) (int, Result) { return ParseRequestLine(b, &l) })
		n, r := ParseRequestLine(in, &l)
		if r != OK {
			l.BrokenText(in)
			return
		}
		// The same bytes elsewhere, with nothing behind them, are the same request.
		moved := bytes.Clone(in[:n])
		var again RequestLine
		if _, r := ParseRequestLine(moved, &again); r != OK || again != l {
			t.Fatalf("%q: %+v, moved %+v", in, l, again)
		}
		if !strings.HasPrefix(l.Text(in), l.MethodName(in)) || !strings.HasSuffix(l.Text(in), l.Protocol(in)) ||
			!strings.Contains(l.Text(in), l.RawURI(in)) {
			t.Fatalf("%q: %+v", in, l)
		}
		if u, ok := l.ResolveURI(in, true, nil); ok {
			checkPath(t, in, u)
		}
	})
}

func checkPath(t *testing.T, in []byte, u URI) {
	t.Helper()
	if u.Path == "" || u.Path[0] != '/' || strings.Contains(u.Path, "\x00") || !strings.HasSuffix(u.Path, u.Ext) {
		t.Fatalf("%q: %+v", in, u)
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == ".." || segment == "." {
			t.Fatalf("%q: %+v", in, u)
		}
	}
}

func FuzzURI(f *testing.F) {
	for _, s := range []string{"/a%20b/./../c?x#y", "/%2e%2E/", "//a///b", "/a.b.c", "/a%2fb+%2b", "/%25%32%65"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		u, ok := ParseURI(in, true, nil)
		var l RequestLine
		line := append(append([]byte("GET "), in...), " HTTP/1.1\r\n"...)
		_, r := ParseRequestLine(line, &l)
		if len(in) > 0 && in[0] == '/' && !bytes.ContainsAny(in, " \r\n") {
			if r != OK && ok {
				t.Fatalf("%q: alone %+v, in a line %v", in, u, r)
			}
			if r == OK {
				if v, okLine := l.ResolveURI(line, true, nil); v != u || ok != okLine {
					t.Fatalf("%q: alone %+v %v, in a line %+v %v", in, u, ok, v, okLine)
				}
			}
		}
		if !ok {
			return
		}
		checkPath(t, in, u)
		// Encoding the result gives a URI that means the same.
		encoded := AppendEscaped(nil, u.Path, EscapeURI)
		if v, ok := ParseURI(encoded, true, nil); !ok || v.Path != u.Path {
			t.Fatalf("%q: %q, and again %q", in, u.Path, v.Path)
		}
	})
}

func FuzzHeader(f *testing.F) {
	for _, s := range []string{"Host: a\r\n", "X_Y:  b  \r\r\n", "\r\n", "HTTP/1.1 200\r\nA: b\n", "X: a\x00", "Long-Header-Name: " +
		strings.Repeat("v ", 30) + "\r\n", "A\rb"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var h Header
		sameForPrefixes(t, in, func(b []byte) (int, Result) { return ParseHeader(b, &h) })
		n, r := ParseHeader(in, &h)
		switch r {
		case OK:
			line := in[:n]
			name, value, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
			if h.Name != string(name) || h.Value != string(bytes.Trim(value, " ")) && !bytes.Contains(value, []byte("\r")) {
				t.Fatalf("%q: %+v", in, h)
			}
			if (h.ID != OtherHeader) != (LookupHeader(h.Name) != OtherHeader) || h.ID != OtherHeader && !strings.EqualFold(h.ID.String(), h.Name) {
				t.Fatalf("%q: %v", in, h.ID)
			}
			var up Header
			if m, ur := ParseUpstreamHeader(in, &up); !bytes.HasPrefix(in, []byte("HTTP/")) && (m != n || ur != r || up != h) {
				t.Fatalf("%q: upstream %d %v %+v", in, m, ur, up)
			}
		case InvalidHeader:
			if text, _ := BadHeader(in); !strings.HasPrefix(string(in), text) {
				t.Fatalf("%q: %q", in, text)
			}
		}
	})
}

func FuzzChunked(f *testing.F) {
	for _, s := range []string{"5\r\nhello\r\n0\r\n\r\nX", "a;b\r\n0123456789\r\n0 \r\nT: v\r\n\r\n", "fffffffffffffff0\r\n", "0\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		body, rest, r := decode(string(in), len(in)+1, false)
		for _, step := range []int{1, 3} {
			b, re, sr := decode(string(in), step, false)
			if b != body || sr != r || r == BodyDone && re != rest {
				t.Fatalf("%q by %d: %q %q %v, all: %q %q %v", in, step, b, re, sr, body, rest, r)
			}
		}
	})
}

func FuzzStatusLine(f *testing.F) {
	for _, s := range []string{"HTTP/1.1 200 OK\r\n", "HTTP/1.0 4 0 4\n", "HTTP/1.1 403.2 x\r\n", "ICY 200\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var l StatusLine
		sameForPrefixes(t, in, func(b []byte) (int, Result) { return ParseStatusLine(b, &l) })
	})
}

// FuzzValues runs the parsers of header values.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"bytes=0-1,5-,-9", `W/"a", "b"`, "gzip;q=0.5, *", "a=1; b=2", "Sun Nov  6 08:49:37 1994",
		"Sunday, 06-Nov-94 08:49:37 GMT", "Example.com.:80", "[::1]:1", "%41%zz?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if rs, r := ParseRanges(nil, in, 1000, Unlimited); r == RangeOK {
			for _, r := range rs {
				if r.Start < 0 || r.Start >= r.End || r.End > 1000 {
					t.Fatalf("%q: %v", in, rs)
				}
			}
		}
		_ = MatchETag(in, `"a"`, true)
		_ = AcceptsGzip(in)
		_, _ = CookieValue(in, "a")
		_ = HasToken(in, "a", ',')
		_, _ = SetCookieValue(in, "a")
		Arg(in, "a")
		ParseAgent(in)
		CheckInternalURI(in, nil)
		if sec, ok := ParseDate(in); ok && sec >= 0 && sec < 253402300800 {
			text := AppendDate(nil, sec)
			if got, ok := ParseDate(string(text)); !ok || got != sec {
				t.Fatalf("%q: %d, and again %q: %d %v, %v", in, sec, text, got, ok, time.Unix(sec, 0))
			}
		}
		if name, _, ok := ParseHost(in, nil); ok {
			if again, port, ok := ParseHost(name, nil); !ok && !strings.HasSuffix(name, ".") || ok && (again != name || port != 0) {
				t.Fatalf("%q: %q, and again %q", in, name, again)
			}
		}
		for kind := EscapeURI; kind <= EscapeComponent; kind++ {
			if out, _ := AppendUnescaped(nil, string(AppendEscaped(nil, in, kind)), UnescapeAll); string(out) != in {
				t.Fatalf("%q: %q", in, out)
			}
		}
	})
}
