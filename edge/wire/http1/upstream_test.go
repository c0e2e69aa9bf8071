package http1

import "testing"

func TestStatusLine(t *testing.T) {
	tests := []struct {
		in   string
		r    Result
		v    int32
		code int
		text string
	}{
		{"HTTP/1.1 200 OK\r\n", OK, 1001, 200, "200 OK"},
		{"HTTP/1.0 404\n", OK, 1000, 404, "404"},
		{"HTTP/1.1 404\r\n", OK, 1001, 404, "404"},
		{"HTTP/1.1   403.1 No\n", OK, 1001, 403, "403.1 No"},
		{"HTTP/2.0 200 \r\n", OK, 2000, 200, "200 "},
		{"HTTP/99.99 200 a\tb\xff\r\n", OK, 99099, 200, "200 a\tb\xff"},
		{"HTTP/1.1 000 x\n", OK, 1001, 0, "000 x"},
		{"HTTP/1.1 2000 OK\r\n", InvalidStatusLine, 0, 0, ""},
		{"HTTP/1.1 20x\r\n", InvalidStatusLine, 0, 0, ""},
		{"HTTP/1.1\t200\r\n", InvalidStatusLine, 0, 0, ""},
		{"HTTP/0.9 200 OK\r\n", InvalidStatusLine, 0, 0, ""},
		{"HTTP/1 200 OK\r\n", InvalidStatusLine, 0, 0, ""},
		{"HTTP/1.1 200 OK\rx", InvalidStatusLine, 0, 0, ""},
		{"ICY 200 OK\r\n", InvalidStatusLine, 0, 0, ""},
		{"<html>", InvalidStatusLine, 0, 0, ""},
		{"HTTP/1.1 200 O", Again, 0, 0, ""},
	}
	for _, tt := range tests {
		var l, short StatusLine
		n, r := ParseStatusLine([]byte(tt.in), &l)
		if r != tt.r || r == OK && (n != len(tt.in) || l.Version != tt.v || l.Code != tt.code || l.Text([]byte(tt.in)) != tt.text) {
			t.Errorf("%q: %d %v %+v", tt.in, n, r, l)
		}
		for i := range tt.in {
			if _, sr := ParseStatusLine([]byte(tt.in[:i]), &short); sr != Again && !(sr == r && r.Failed()) {
				t.Errorf("%q: first %d bytes: %v", tt.in, i, sr)
			}
		}
	}
}

func TestResponse(t *testing.T) {
	type hs = []string
	tests := []struct {
		status  string
		headers hs
		head    bool
		kind    BodyKind
		keep    bool
		log     string
	}{
		{"HTTP/1.1 200 OK", hs{"Content-Length", "5"}, false, BodyLength, true, ""},
		{"HTTP/1.1 200 OK", hs{"Content-Length", "5"}, true, NoBody, true, ""},
		{"HTTP/1.1 200 OK", hs{"Content-Length", "0"}, false, NoBody, true, ""},
		{"HTTP/1.1 200 OK", hs{"Transfer-Encoding", "Chunked"}, false, BodyChunks, true, ""},
		{"HTTP/1.1 200 OK", nil, false, BodyClose, false, ""},
		{"HTTP/1.1 204 No", hs{"Transfer-Encoding", "chunked"}, false, NoBody, true, ""},
		{"HTTP/1.1 304 NM", hs{"Content-Length", "5"}, false, NoBody, true, ""},
		{"HTTP/1.1 200 OK", hs{"Content-Length", "5", "Connection", "x, Close"}, false, BodyLength, false, ""},
		{"HTTP/1.0 200 OK", hs{"Content-Length", "5"}, false, BodyLength, false, ""},
		{"HTTP/1.1 101 SP", nil, false, BodyClose, false, ""},
		{"HTTP/1.1 200 OK", hs{"Content-Length", "5", "Content-Length", "5"}, false, 0, false,
			`upstream sent duplicate header line: "Content-Length: 5", previous value: "Content-Length: 5"`},
		{"HTTP/1.1 200 OK", hs{"Transfer-Encoding", "chunked", "Transfer-Encoding", "x"}, false, 0, false,
			`upstream sent duplicate header line: "Transfer-Encoding: x", previous value: "Transfer-Encoding: chunked"`},
		{"HTTP/1.1 200 OK", hs{"Content-Length", "5", "Transfer-Encoding", "chunked"}, false, 0, false,
			`upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time`},
		{"HTTP/1.1 200 OK", hs{"Transfer-Encoding", "chunked", "Content-Length", "5"}, false, 0, false,
			`upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time`},
		{"HTTP/1.1 200 OK", hs{"Content-Length", "-5"}, false, 0, false,
			`upstream sent invalid "Content-Length" header: "Content-Length: -5"`},
		{"HTTP/1.1 200 OK", hs{"Transfer-Encoding", "gzip"}, false, 0, false,
			`upstream sent unknown "Transfer-Encoding": "gzip"`},
		{"HTTP/1.0 103 EH", nil, false, 0, false, "upstream sent HTTP/1.0 response with early hints"},
	}
	for _, tt := range tests {
		var l StatusLine
		if _, r := ParseStatusLine([]byte(tt.status+"\r\n"), &l); r != OK {
			t.Fatal(tt.status)
		}
		var s Response
		var h Header
		p := s.Reset(&l)
		for i := 0; i < len(tt.headers) && p == NoProblem; i += 2 {
			h = Header{Name: tt.headers[i], Value: tt.headers[i+1], ID: LookupHeader(tt.headers[i])}
			p = s.Read(&h)
		}
		if log := string(s.AppendProblem(nil, p, &h)); log != tt.log || (p == NoProblem) != (tt.log == "") {
			t.Errorf("%s %q: %s", tt.status, tt.headers, log)
		}
		if kind := s.Body(tt.head); p == NoProblem && (kind != tt.kind || s.KeepAlive(kind) != tt.keep) {
			t.Errorf("%s %q: %d %v", tt.status, tt.headers, kind, s.KeepAlive(kind))
		}
	}
	var s Response
	s.ResetHTTP09()
	if kind := s.Body(false); kind != BodyClose || s.KeepAlive(kind) {
		t.Error("HTTP/0.9")
	}
	s.Reset(&StatusLine{Version: HTTP11, Code: 101})
	if !s.Upgraded(true) || s.Upgraded(false) || s.Hints() {
		t.Error("upgrade")
	}
	s.Reset(&StatusLine{Version: HTTP11, Code: 103})
	if !s.Hints() {
		t.Error("hints")
	}
}
