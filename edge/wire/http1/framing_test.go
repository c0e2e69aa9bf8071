package http1

import "testing"

func TestConnectionType(t *testing.T) {
	for in, want := range map[string]ConnectionType{
		"close": ConnectionClose, "Keep-Alive": ConnectionKeepAlive, "keep-alive, Close": ConnectionClose,
		"upgrade": ConnectionDefault, "": ConnectionDefault, "x-closed": ConnectionClose,
	} {
		if got := ConnectionDefault.Read(in); got != want {
			t.Errorf("%q: %d", in, got)
		}
	}
	if ConnectionClose.Read("keep-alive") != ConnectionKeepAlive || ConnectionClose.Read("te") != ConnectionClose {
		t.Error("several headers")
	}
	for _, tt := range []struct {
		c    ConnectionType
		v    int32
		keep bool
	}{
		{ConnectionDefault, HTTP11, true}, {ConnectionDefault, HTTP10, false}, {ConnectionClose, HTTP11, false},
		{ConnectionKeepAlive, HTTP10, true}, {ConnectionDefault, HTTP09, false},
	} {
		if tt.c.KeepAlive(tt.v) != tt.keep {
			t.Errorf("%+v", tt)
		}
	}
}

func TestFrameRequest(t *testing.T) {
	head := func(id HeaderID, v string) *Header { return &Header{Name: id.String(), Value: v, ID: id} }
	host := head(Host, "h")
	length := func(v string) *Header { return head(ContentLength, v) }
	coding := func(v string) *Header { return head(TransferEncoding, v) }
	tests := []struct {
		m                  Method
		v                  int32
		host, length, code *Header
		connect            bool
		f                  Framing
		status             int
		log                string
	}{
		{GET, HTTP11, host, nil, nil, false, Framing{Length: -1}, 0, ""},
		{GET, HTTP10, nil, nil, nil, false, Framing{Length: -1}, 0, ""},
		{GET, HTTP11, nil, nil, nil, false, Framing{}, 400, `client sent HTTP/1.1 request without "Host" header`},
		{POST, HTTP11, host, length("10"), nil, false, Framing{Length: 10}, 0, ""},
		{POST, HTTP11, host, length("+10"), nil, false, Framing{}, 400, `client sent invalid "Content-Length" header`},
		{POST, HTTP11, host, length(""), nil, false, Framing{}, 400, `client sent invalid "Content-Length" header`},
		{POST, HTTP11, host, length("9223372036854775808"), nil, false, Framing{}, 400, `client sent invalid "Content-Length" header`},
		{POST, HTTP11, host, nil, coding("Chunked"), false, Framing{Length: -1, Chunked: true}, 0, ""},
		{POST, HTTP11, host, nil, coding("gzip, chunked"), false, Framing{}, 501, `client sent unknown "Transfer-Encoding": "gzip, chunked"`},
		{POST, HTTP10, host, nil, coding("chunked"), false, Framing{}, 400, `client sent HTTP/1.0 request with "Transfer-Encoding" header`},
		{POST, HTTP11, host, length("1"), coding("chunked"), false, Framing{}, 400,
			`client sent "Content-Length" and "Transfer-Encoding" headers at the same time`},
		{TRACE, HTTP11, host, nil, nil, false, Framing{}, 405, "client sent TRACE method"},
		{CONNECT, HTTP11, host, nil, nil, false, Framing{}, 405, "client sent CONNECT method"},
		{CONNECT, HTTP10, host, nil, nil, true, Framing{}, 405, "client sent CONNECT method"},
		{CONNECT, HTTP11, host, length("1"), nil, true, Framing{}, 400, "client sent CONNECT request with body"},
		{CONNECT, HTTP11, host, length("0"), nil, true, Framing{}, 0, ""},
	}
	for _, tt := range tests {
		f, r := FrameRequest(tt.m, tt.v, tt.host, tt.length, tt.code, tt.connect)
		if r.Status != tt.status || string(r.AppendLog(nil)) != tt.log || r.Status == 0 && f != tt.f {
			t.Errorf("%v %d: %+v %d %s", tt.m, tt.v, f, r.Status, r.AppendLog(nil))
		}
	}
}

func TestDuplicateTexts(t *testing.T) {
	h := &Header{Name: "Host", Value: "b", ID: Host}
	old := &Header{Name: "host", Value: "a", ID: Host}
	if got := string(AppendDuplicate(nil, "client", h, old)); got != `client sent duplicate host header: "Host: b", previous value: "host: a"` {
		t.Error(got)
	}
	h.ID = Expect
	if got := string(AppendDuplicate(nil, "client", h, old)); got != `client sent duplicate header line: "Host: b", previous value: "host: a"` {
		t.Error(got)
	}
	if !Host.Unique() || !ContentLength.Unique() || Cookie.Unique() || OtherHeader.Unique() {
		t.Error("unique headers")
	}
}
