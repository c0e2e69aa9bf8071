package httpd

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// FuzzHTTP2 sends anything behind the preface. The connection must end when the
// client has closed, and the worker must live.
func FuzzHTTP2(f *testing.F) {
	frame := func(kind, flags byte, id uint32, payload string) string {
		return string(appendFrame(nil, len(payload), kind, flags, id)) + payload
	}
	head := "\x82\x86\x84\x41\x01h"
	f.Add([]byte(frame(4, 0, 0, "") + frame(4, 1, 0, "") + frame(1, 5, 1, head)))
	f.Add([]byte(frame(1, 4, 1, "\x83\x86\x04\x05/echo\x41\x01h") + frame(0, 0, 1, "body") + frame(0, 9, 1, "\x02xx\x00\x00")))
	f.Add([]byte(frame(1, 0, 1, head[:2]) + frame(9, 4, 1, head[2:]) + frame(3, 0, 1, "\x00\x00\x00\x08") + frame(6, 0, 0, "12345678")))
	f.Add([]byte(frame(4, 0, 0, "\x00\x04\x00\x00\x00\x01\x00\x05\x00\x00\x40\x00") + frame(1, 0x2d, 3, "\x01\x00\x00\x00\x00\x10"+head+"\x00") +
		frame(8, 0, 0, "\x00\x00\x10\x00") + frame(8, 0, 3, "\x00\x00\x10\x00") + frame(2, 0, 5, "\x00\x00\x00\x00\x01") + frame(7, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x00bye")))
	f.Add([]byte(strings.Repeat(frame(1, 5, 1, head), 3)))
	h, _ := handlers2(f)
	g := run(f, `http2 on; lingering_timeout 1s; client_body_timeout 1s; client_body_buffer_size 100; server { listen SOCK;
		location / { say "$request_uri $http_cookie"; } location /echo { handle echo; } location /stream { handle stream; }
		location /big { handle big; } location /trailer { handle trailer; } location /early { handle early; } }`, h)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := net.Dial("unix", g.dir+"/s")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(10 * time.Second))
		io.WriteString(c, http2Preface)
		c.Write(data)
		c.(*net.UnixConn).CloseWrite()
		if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Fatalf("the connection does not end\n%s", g.log())
		}
	})
}
