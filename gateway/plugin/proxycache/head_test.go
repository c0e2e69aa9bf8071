package proxycache

import (
	"fmt"
	"testing"

	"moongate/edge/wire/http1"
)

// What is written into a file is read again as it was, and nothing else is taken for it.
func TestHeader(t *testing.T) {
	id := [idSize]byte([]byte("0123456789abcdef"))
	for _, e := range []entry{
		{kind: whole, status: 200, stored: 5, lives: 60000, declared: -1, id: id, contentType: "text/plain"},
		{kind: whole, status: 404, stored: 5, lives: -1, declared: 7, id: id, contentType: "text/html", charset: "utf-8", headers: []http1.Header{{Name: "A", Value: "1: 2"}, {Name: "B"}}},
		{kind: varies, stored: 5, lives: 60000, declared: -1, id: id, headers: []http1.Header{{Name: "Accept"}}},
	} {
		b, ok := e.appendHead(nil, 100)
		if !ok {
			t.Fatalf("%q", b)
		}
		var got entry
		if !got.parseHead(b, 99) || fmt.Sprint(got) != fmt.Sprint(e) {
			t.Errorf("%q: %+v, want %+v", b, got, e)
		}
		if got.parseHead(b, 100) {
			t.Error("it is over")
		}
		for n := range b {
			if got.parseHead(b[:n], 0) {
				t.Errorf("%q is a header", b[:n])
			}
		}
	}
	for _, e := range []entry{{contentType: "a\r\nb"}, {charset: "a\nb"}, {headers: []http1.Header{{Name: "A:b"}}}, {headers: []http1.Header{{Name: "A", Value: "1\r\n"}}}} {
		if b, ok := e.appendHead(nil, 100); ok {
			t.Errorf("%q", b)
		}
	}
	if new(entry).parseHead([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"), 0) {
		t.Error("that is the proxy's")
	}
}

func FuzzHead(f *testing.F) {
	e := entry{status: 200, contentType: "text/plain", charset: "utf-8", headers: []http1.Header{{Name: "A", Value: "b"}}}
	b, _ := e.appendHead(nil, 1<<60)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var e, again entry
		if !e.parseHead(b, 0) {
			return
		}
		if out, ok := e.appendHead(nil, 1<<60); ok && (!again.parseHead(out, 0) || again.status != e.status || len(again.headers) != len(e.headers)) {
			t.Errorf("%q became %q", b, out)
		}
	})
}
