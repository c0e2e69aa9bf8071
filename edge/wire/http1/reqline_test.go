package http1

import "testing"

// parseLine parses in one go, checks that every shorter beginning is either incomplete or refused alike, and that nothing
// depends on what follows.
func parseLine(t *testing.T, in string) (RequestLine, int, Result) {
	t.Helper()
	var l, short RequestLine
	n, r := ParseRequestLine([]byte(in), &l)
	end := n
	if r == Again {
		end = len(in)
	}
	for i := 0; i < len(in); i++ {
		_, sr := ParseRequestLine([]byte(in[:i]), &short)
		switch {
		case sr == Again:
		case r.Failed() && sr == r:
		case r == OK && sr == OK && i >= end:
		default:
			t.Fatalf("%q: first %d bytes: %v, all: %v", in, i, sr, r)
		}
	}
	return l, n, r
}

func TestRequestLine(t *testing.T) {
	tests := []struct {
		in      string
		r       Result
		method  string
		uri     string
		host    string
		version int32
		text    string
	}{
		{"GET / HTTP/1.1\r\n", OK, "GET", "/", "", 1001, "GET / HTTP/1.1"},
		{"\r\n\n\rGET / HTTP/1.0\n", OK, "GET", "/", "", 1000, "GET / HTTP/1.0"},
		{"GET   /a?b   HTTP/1.1  \r\n", OK, "GET", "/a?b", "", 1001, "GET   /a?b   HTTP/1.1  "},
		{"GET /\r\n", OK, "GET", "/", "", 9, "GET /"},
		{"GET /a b HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET / \n", OK, "GET", "/", "", 9, "GET / "},
		{"POST /\r\n", Invalid09Method, "", "", "", 0, ""},
		{"M-X_Y /z HTTP/1.1\r\n", OK, "M-X_Y", "/z", "", 1001, "M-X_Y /z HTTP/1.1"},
		{"get / HTTP/1.1\r\n", InvalidMethod, "", "", "", 0, ""},
		{" GET / HTTP/1.1\r\n", InvalidMethod, "", "", "", 0, ""},
		{"GET\t/ HTTP/1.1\r\n", InvalidMethod, "", "", "", 0, ""},
		{"GET\r\n", InvalidMethod, "", "", "", 0, ""},
		{"GET *", InvalidRequest, "", "", "", 0, ""},
		{"PRI * HTTP/2.0\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET / HTTP/2.0\r\n", InvalidVersion, "", "", "", 0, ""},
		{"GET / HTTP/11.1\r\n", InvalidVersion, "", "", "", 0, ""},
		{"GET / HTTP/0.9\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET / HTTP/1.\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET / HTTP/1.999\r\n", OK, "GET", "/", "", 1999, "GET / HTTP/1.999"},
		{"GET / HTTP/1.1000\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET / HTTP/1.1x\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET / HTTP/1.1 x\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET / HTTP/1.1\rx", InvalidRequest, "", "", "", 0, ""},
		{"GET / http/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET /\x00 HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET /a\x7f HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET /a\xff HTTP/1.1\r\n", OK, "GET", "/a\xff", "", 1001, "GET /a\xff HTTP/1.1"},
		{"GET /a#b HTTP/1.1\r\n", OK, "GET", "/a#b", "", 1001, "GET /a#b HTTP/1.1"},
		{"GET http://h HTTP/1.1\r\n", OK, "GET", "/", "h", 1001, "GET http://h HTTP/1.1"},
		{"GET http://h:80/x HTTP/1.1\r\n", OK, "GET", "/x", "h:80", 1001, "GET http://h:80/x HTTP/1.1"},
		{"GET http://h?x HTTP/1.1\r\n", OK, "GET", "?x", "h", 1001, "GET http://h?x HTTP/1.1"},
		{"GET http://[::1]:8/x HTTP/1.1\r\n", OK, "GET", "/x", "[::1]:8", 1001, "GET http://[::1]:8/x HTTP/1.1"},
		{"GET http:///x HTTP/1.1\r\n", OK, "GET", "/x", "", 1001, "GET http:///x HTTP/1.1"},
		{"GET h2+a.b-c://h/ HTTP/1.1\r\n", OK, "GET", "/", "h", 1001, "GET h2+a.b-c://h/ HTTP/1.1"},
		{"GET http:/h/ HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET http://u@h/ HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET http://a_b/ HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"GET http://h\r\n", InvalidRequest, "", "", "", 0, ""},
		{"CONNECT h:443 HTTP/1.1\r\n", OK, "CONNECT", "/", "h:443", 1001, "CONNECT h:443 HTTP/1.1"},
		{"CONNECT [::1]:443 HTTP/1.1\r\n", OK, "CONNECT", "/", "[::1]:443", 1001, "CONNECT [::1]:443 HTTP/1.1"},
		{"CONNECT h8 HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"CONNECT h: HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"CONNECT /x HTTP/1.1\r\n", InvalidRequest, "", "", "", 0, ""},
		{"CONNECT h:1\n", InvalidRequest, "", "", "", 0, ""},
		{"CONNECT h:1 \n", Invalid09Method, "", "", "", 0, ""},
		{"GET / HTTP/1.1\r", Again, "", "", "", 0, ""},
		{"\r\n", Again, "", "", "", 0, ""},
		{"", Again, "", "", "", 0, ""},
	}
	for _, tt := range tests {
		l, n, r := parseLine(t, tt.in)
		if r != tt.r {
			t.Errorf("%q: %v, want %v", tt.in, r, tt.r)
			continue
		}
		if r != OK {
			continue
		}
		buf := []byte(tt.in)
		if n != len(tt.in) || l.MethodName(buf) != tt.method || l.RawURI(buf) != tt.uri || l.Host(buf) != tt.host ||
			l.Version != tt.version || l.Text(buf) != tt.text {
			t.Errorf("%q: %d %q %q %q %d %q", tt.in, n, l.MethodName(buf), l.RawURI(buf), l.Host(buf), l.Version, l.Text(buf))
		}
		if want := ParseMethod(tt.method); l.Method != want {
			t.Errorf("%q: method %b", tt.in, l.Method)
		}
	}
}

func TestMethods(t *testing.T) {
	for m := GET; m <= CONNECT; m <<= 1 {
		if ParseMethod(m.String()) != m {
			t.Errorf("%v", m)
		}
	}
	if Unknown.String() != "" || (GET|HEAD).String() != "" || ParseMethod("BREW") != Unknown || ParseMethod("get") != Unknown {
		t.Error("unknown methods")
	}
}

func TestRequestLineParts(t *testing.T) {
	buf := []byte("GET https://h:1/p HTTP/1.0 \r\n")
	var l RequestLine
	ParseRequestLine(buf, &l)
	if l.Scheme(buf) != "https" || l.Protocol(buf) != "HTTP/1.0 " || !l.HasHost() {
		t.Errorf("%q %q", l.Scheme(buf), l.Protocol(buf))
	}
	buf = []byte("GET /x\n")
	ParseRequestLine(buf, &l)
	if l.Protocol(buf) != "" || l.HasHost() || l.Scheme(buf) != "" {
		t.Errorf("%+v", l)
	}
	buf = []byte("\r\nGET /\x01 x\r\nHost")
	_, r := ParseRequestLine(buf, &l)
	if r != InvalidRequest || l.BrokenText(buf) != "GET /\x01 x" {
		t.Errorf("%v %q", r, l.BrokenText(buf))
	}
}

func TestPreface(t *testing.T) {
	if m, w := Preface([]byte(preface + "more")); !m || !w {
		t.Error("whole")
	}
	if m, w := Preface([]byte("PRI * ")); !m || w {
		t.Error("part")
	}
	if m, _ := Preface([]byte("PRI * HTTP/1.1\r\n")); m {
		t.Error("other")
	}
}

func TestRefusalTexts(t *testing.T) {
	for r, want := range map[Result]string{
		InvalidMethod:   "client sent invalid method",
		InvalidRequest:  "client sent invalid request",
		InvalidVersion:  "client sent invalid version",
		Invalid09Method: "client sent invalid method in HTTP/0.9 request",
	} {
		code := 400
		if r == InvalidVersion {
			code = 505
		}
		if r.Text() != want || r.StatusCode() != code || !r.Failed() {
			t.Errorf("%v %d", r, r.StatusCode())
		}
	}
}
