package upstreamhttp

import (
	"strings"
	"testing"
	"time"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// TestStates: how tries are joined, and that a mark parts those of two handlers.
func TestStates(t *testing.T) {
	first := State{Peer: "a:1", Status: 502, ConnectTime: unset, HeaderTime: unset, ResponseTime: 1500 * time.Millisecond, BytesReceived: 1}
	second := State{Peer: "b:2", Status: 200, ConnectTime: 0, HeaderTime: 7 * time.Millisecond, ResponseTime: 12 * time.Second, BytesReceived: 20}
	vars := map[string]func(*httpd.Request) (string, bool){}
	for _, v := range Variables() {
		vars[v.Name] = v.Get
	}
	for _, x := range []struct {
		states []State
		want   map[string]string
	}{
		{[]State{first}, map[string]string{"upstream_addr": "a:1", "upstream_status": "502", "upstream_response_time": "1.500", "upstream_connect_time": "-"}},
		{[]State{first, second}, map[string]string{"upstream_addr": "a:1, b:2", "upstream_status": "502, 200", "upstream_header_time": "-, 0.007", "upstream_response_time": "1.500, 12.000", "upstream_bytes_received": "1, 20"}},
		{[]State{first, {}, second}, map[string]string{"upstream_addr": "a:1 : b:2", "upstream_status": "502 : 200"}},
		{[]State{first, second, {}, second, first}, map[string]string{"upstream_addr": "a:1, b:2 : b:2, a:1"}},
		{[]State{{Peer: "u"}}, map[string]string{"upstream_addr": "u", "upstream_status": "-"}},
	} {
		r := &httpd.Request{Upstream: &Upstream{States: x.states}}
		for name, want := range x.want {
			if got, ok := vars[name](r); got != want || !ok {
				t.Errorf("%d states: $%s is %q, want %q", len(x.states), name, got, want)
			}
		}
	}
	if _, ok := vars["upstream_addr"](new(httpd.Request)); ok {
		t.Error("found without an upstream")
	}
}

func TestSplitCharset(t *testing.T) {
	for in, want := range map[string]string{
		"text/html":                         "text/html|",
		"text/html; charset=utf-8":          "text/html|utf-8",
		"text/html;charset=\"utf-8\"":       "text/html|utf-8",
		"text/html; CHARSET=x":              "text/html|x",
		"text/html; a=b; charset=x":         "text/html; a=b|x",
		"text/html;":                        "text/html;|",
		"text/html; ":                       "text/html; |",
		"text/html; charset=":               "text/html|",
		"text/html; charset=\"":             "text/html|",
		"multipart/x; boundary=\"charset\"": "multipart/x; boundary=\"charset\"|",
		"":                                  "|",
	} {
		if typ, charset := splitCharset(in); typ+"|"+charset != want {
			t.Errorf("%q: %q, %q", in, typ, charset)
		}
	}
}

func FuzzSplitCharset(f *testing.F) {
	f.Add("text/html; charset=\"utf-8\"; x")
	f.Fuzz(func(t *testing.T, s string) {
		typ, charset := splitCharset(s)
		if !strings.HasPrefix(s, typ) || !strings.Contains(s, charset) {
			t.Errorf("%q: %q, %q", s, typ, charset)
		}
		_ = urlIn(s)
	})
}

// TestFrame: chunks around a body that is passed on as it comes.
func TestFrame(t *testing.T) {
	for _, x := range []struct {
		chunked bool
		body    string
		last    bool
		want    string
	}{
		{false, "abc", true, "abc"},
		{true, "abc", false, "3\r\nabc\r\n"},
		{true, strings.Repeat("x", 300), true, "12c\r\n" + strings.Repeat("x", 300) + "\r\n0\r\n\r\n"},
		{true, "", true, "0\r\n\r\n"},
		{true, "", false, ""},
	} {
		room := new(buffer)
		copy(room[chunkRoom:], x.body)
		u := &Upstream{Chunked: x.chunked}
		if got := string(u.frame(room, len(x.body), x.last)); got != x.want {
			t.Errorf("%+v: %q", x, got)
		}
	}
}

func TestHidden(t *testing.T) {
	h := NewHidden([]string{"Date", "X-Pad"}, []string{"x-own", "Server"}, []string{"DATE", "X-OWN"})
	for name, want := range map[string]bool{"Date": false, "X-Pad": true, "x-pad": true, "X-Own": false, "server": true, "Other": false} {
		if got := h.Has(&http1.Header{Name: name, ID: http1.LookupHeader(name)}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestConditions(t *testing.T) {
	for word, ft := range NextWords {
		if !strings.HasPrefix(word, "http_") {
			continue
		}
		status := int(word[5]-'0')*100 + int(word[6]-'0')*10 + int(word[7]-'0')
		if statusCondition(status) != ft {
			t.Errorf("%d", status)
		}
		if got := ft.status(); got != status {
			t.Errorf("%s ends as %d", word, got)
		}
	}
	if OnError.status() != 502 || OnTimeout.status() != 504 || OnNoLive.status() != 502 || OnInvalidHeader.status() != 502 {
		t.Error("statuses of failures")
	}
}
