package httpd

import (
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// Requests that are malformed: the status, and nginx's words.
func TestHTTP2Malformed(t *testing.T) {
	h, _ := handlers2(t)
	g := run(t, conf2, h)
	k := g.dial2().hello()
	get := []string{":method: GET", ":scheme: http", ":authority: h", ":path: /a"}
	with := func(more ...string) []string { return append(get[:4:4], more...) }
	long := make([]string, 0, 1100)
	for range 1001 {
		long = append(long, "a: b")
	}
	for _, c := range []struct {
		fields      []string
		status, log string
	}{
		{with("x: 1", ":path: /"), "400", "client sent out of order pseudo-headers"},
		{with(":path: /"), "400", "client sent duplicate :path header"},
		{with(":method: GET"), "400", "client sent duplicate :method header"},
		{with(":scheme: x"), "400", "client sent duplicate :scheme header"},
		{with(":authority: h"), "400", `client sent duplicate ":authority" header`},
		{with(":foo: h"), "400", `client sent unknown pseudo-header ":foo"`},
		{[]string{":method: GET", ":scheme: http", ":path: "}, "400", "client sent empty :path header"},
		{[]string{":method: GET", ":scheme: http", ":path: a"}, "400", `client sent invalid :path header: "a"`},
		{[]string{":method: GET", ":scheme: http", ":path: /a b"}, "400", `client sent invalid :path header: "/a b"`},
		{[]string{":method: GET", ":scheme: http", ":path: /../.."}, "400", "client sent invalid request"},
		{[]string{":method: ge", ":scheme: http", ":path: /"}, "400", `client sent invalid method: "ge"`},
		{[]string{":method: GET", ":scheme: h ttp", ":path: /"}, "400", `client sent invalid :scheme header: "h ttp"`},
		{[]string{":method: GET", ":scheme: http", ":path: /", "x: 1"}, "400", `client sent neither ":authority" nor "Host" header`},
		{[]string{":method: GET", ":scheme: http", "host: h"}, "400", "client sent no :path header"},
		{[]string{":method: GET", ":path: /", "host: h"}, "400", "client sent no :scheme header"},
		{[]string{":scheme: http", ":path: /", "host: h"}, "400", "client sent no :method header"},
		{[]string{":method: GET", ":scheme: http", ":path: /", ":authority: h/x"}, "400", `client sent invalid ":authority" header`},
		{with("host: x"), "400", `client sent ":authority" and "Host" headers with different values`},
		{with("host: h", "host: h"), "400", "client sent duplicate"},
		{with("X: 1"), "400", `client sent invalid header name: "X"`},
		{with("x: a\nb"), "400", `client sent header "x" with invalid value`},
		{with("connection: close"), "400", `client sent "Connection" header`},
		{with("keep-alive: 1"), "400", `client sent "Keep-Alive" header`},
		{with("transfer-encoding: chunked"), "400", `client sent "Transfer-Encoding" header`},
		{with("upgrade: x"), "400", `client sent "Upgrade" header`},
		{with("te: gzip"), "400", `client sent invalid "TE" header`},
		{with("content-length: 1"), "400", "client prematurely closed stream"},
		{with("te: trailers"), "200", ""},
		{with("x_y: 1"), "200", `client sent invalid header: "x_y"`},
		{with(long...), "400", "client sent too many header lines"},
		{[]string{":method: CONNECT", ":scheme: http", ":authority: h", ":path: /"}, "405", "client sent CONNECT method"},
		{[]string{":method: TRACE", ":scheme: http", ":authority: h", ":path: /"}, "405", "client sent TRACE method"},
		{[]string{":method: GET", ":scheme: http", ":authority: other", ":path: /"}, "421", "client attempted to request the server name for which the negotiated protocol is disabled"},
		{with("x: 1"), "200", ""},
	} {
		if a := k.one(k.send(true, c.fields...)); a.status != c.status {
			t.Errorf("%v: %s", c.fields[:min(5, len(c.fields))], a.status)
		}
		if c.log != "" {
			g.logged(quote(c.log))
		}
	}
}

func quote(s string) string {
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune(`.*+?()[]{}|^$\`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// Connections that break the protocol: the code of GOAWAY, and nginx's words.
func TestHTTP2Faults(t *testing.T) {
	h, _ := handlers2(t)
	g := run(t, conf2, h)
	frame := func(kind, flags byte, id uint32, payload string) string {
		return string(appendFrame(nil, len(payload), kind, flags, id)) + payload
	}
	head := "\x82\x86\x84\x41\x01h" // GET http / h
	for _, c := range []struct {
		name, send string
		code       http2Error
		log        string
	}{
		{"preface", "", 0, ""},
		{"data on stream 0", frame(0, 0, 0, "x"), 1, "client sent DATA frame with incorrect identifier"},
		{"padding", frame(0, 8, 1, ""), 6, "client sent padded DATA frame with incorrect length: 0"},
		{"more padding", frame(0, 8, 1, "\x05abc"), 1, "client sent padded DATA frame with incorrect length: 4, padding: 5"},
		{"empty headers", frame(1, 4, 1, ""), 6, "client sent HEADERS frame with empty header block"},
		{"short headers", frame(1, 0x24, 1, "abc"), 6, "client sent HEADERS frame with incorrect length 3"},
		{"padded headers", frame(1, 0xc, 1, "\x09"+head), 1, "client sent padded HEADERS frame with incorrect length: 6, padding: 9"},
		{"even", frame(1, 5, 2, head), 1, "client sent HEADERS frame with incorrect identifier 2, the last was 0"},
		{"backward", frame(1, 5, 3, head) + frame(1, 5, 1, head), 1, "client sent HEADERS frame with incorrect identifier 1, the last was 3"},
		{"dependency", frame(1, 0x25, 1, "\x00\x00\x00\x01\x10"+head), 1, "client sent HEADERS frame for stream 1 with incorrect dependency"},
		{"index 0", frame(1, 5, 1, "\x80"), 9, "client sent invalid hpack table index 0"},
		{"index", frame(1, 5, 1, "\xff\x10"), 9, "client sent out of bound hpack table index: 143"},
		{"huffman", frame(1, 5, 1, "\x00\x84\xff\xff\xff\xff\x00"), 9, "client sent invalid encoded header field"},
		{"table size", frame(1, 5, 1, "\x3f\xe2\x1f"), 9, "client sent invalid table size update: 4097"},
		{"cut off", frame(1, 5, 1, "\x00\x05ab"), 6, "client sent header .* with incorrect length"},
		{"no name", frame(1, 5, 1, "\x00\x00\x01a"), 1, "client sent zero header name length"},
		{"long field", frame(1, 5, 1, "\x00\x7f\x82\x07"+strings.Repeat("a", 1025)), 0xb, "client sent too large header field"},
		{"large header", frame(1, 5, 1, strings.Repeat("\x00\x01a\x7f\xc9\x06"+strings.Repeat("b", 968), 3)), 0xb, "client sent too large header"},
		{"continuation", frame(9, 4, 1, head), 1, "client sent unexpected CONTINUATION frame"},
		{"no continuation", frame(1, 1, 1, head) + frame(6, 0, 0, "12345678"), 1, "client sent inappropriate frame while CONTINUATION was expected"},
		{"other continuation", frame(1, 1, 1, head) + frame(9, 4, 3, head), 1, "client sent CONTINUATION frame with incorrect identifier"},
		{"push", frame(5, 4, 1, "abcd"), 1, "client sent PUSH_PROMISE frame"},
		{"priority length", frame(2, 0, 1, "abcd"), 6, "client sent PRIORITY frame with incorrect length 4"},
		{"priority 0", frame(2, 0, 0, "abcde"), 1, "client sent PRIORITY frame with incorrect identifier"},
		{"priority self", frame(2, 0, 1, "\x00\x00\x00\x01e"), 1, "client sent PRIORITY frame for stream 1 with incorrect dependency"},
		{"priorities", strings.Repeat(frame(2, 0, 1, "\x00\x00\x00\x00e"), 128), 0xb, "client sent too many PRIORITY frames"},
		{"reset length", frame(3, 0, 1, "abc"), 6, "client sent RST_STREAM frame with incorrect length 3"},
		{"reset 0", frame(3, 0, 0, "abcd"), 1, "client sent RST_STREAM frame with incorrect identifier"},
		{"settings id", frame(4, 0, 1, ""), 1, "client sent SETTINGS frame with incorrect identifier"},
		{"settings ack", frame(4, 1, 0, "abcdef"), 6, "client sent SETTINGS frame with the ACK flag and nonzero length"},
		{"settings length", frame(4, 0, 0, "abcde"), 6, "client sent SETTINGS frame with incorrect length 5"},
		{"settings window", frame(4, 0, 0, "\x00\x04\x80\x00\x00\x00"), 3, "incorrect INITIAL_WINDOW_SIZE value 2147483648"},
		{"settings frame", frame(4, 0, 0, "\x00\x05\x00\x00\x00\x2a"), 1, "incorrect MAX_FRAME_SIZE value 42"},
		{"settings push", frame(4, 0, 0, "\x00\x02\x00\x00\x00\x02"), 1, "incorrect ENABLE_PUSH value 2"},
		{"ping length", frame(6, 0, 0, "abc"), 6, "client sent PING frame with incorrect length 3"},
		{"ping id", frame(6, 0, 1, "12345678"), 1, "client sent PING frame with incorrect identifier"},
		{"goaway length", frame(7, 0, 0, "abc"), 6, "client sent GOAWAY frame with incorrect length 3"},
		{"goaway id", frame(7, 0, 1, "12345678"), 1, "client sent GOAWAY frame with incorrect identifier"},
		{"window length", frame(8, 0, 0, "abc"), 6, "client sent WINDOW_UPDATE frame with incorrect length 3"},
		{"window 0", frame(8, 0, 0, "\x00\x00\x00\x00"), 1, "with incorrect window increment 0"},
		{"window", frame(8, 0, 0, "\x7f\xff\xff\xff"), 3, "client violated connection flow control: received WINDOW_UPDATE frame with window increment 2147483647 not allowed for window 65535"},
	} {
		if c.name == "preface" {
			continue
		}
		// In one piece, and byte by byte.
		for _, step := range []int{len(c.send), 1} {
			k := g.dial2().hello()
			for p := c.send; p != ""; {
				n := min(step, len(p))
				if _, err := io.WriteString(k.conn, p[:n]); err != nil {
					break
				}
				p = p[n:]
			}
			if code := k.goaway(); uint32(code) != uint32(c.code) {
				t.Errorf("%s: %v", c.name, code)
			}
			g.logged(c.log)
			k.conn.Close()
			if len(c.send) > 300 {
				break
			}
		}
	}
}

// Floods end the connection, or cost what one request costs.
func TestHTTP2Floods(t *testing.T) {
	h, _ := handlers2(t)
	g := run(t, "lingering_close off; "+conf2, h)
	// Streams that are reset at once are no more than the limit at a time.
	k := g.dial2().hello()
	for range 2000 {
		id := k.get("/a")
		k.fr.WriteRSTStream(id, http2.ErrCodeCancel)
		for _, h := range g.worker.http2.all() {
			h.mu.Lock()
			if n := len(h.streams); n > 128 {
				t.Errorf("%d streams", n)
			}
			h.mu.Unlock()
		}
	}
	// Frames that are good for nothing.
	for name, send := range map[string]func(k *client2) error{
		"ping":     func(k *client2) error { return k.fr.WritePing(false, [8]byte{}) },
		"settings": func(k *client2) error { return k.fr.WriteSettings() },
		"data":     func(k *client2) error { return k.fr.WriteDataPadded(99, false, nil, make([]byte, 255)) },
	} {
		k := g.dial2().hello()
		go io.Copy(io.Discard, k.conn)
		k.conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
		for n := 0; send(k) == nil; n++ {
			if n > 2e6 {
				t.Fatalf("%s: no end", name)
			}
		}
		g.logged("http2 flood detected while processing HTTP/2 connection")
	}
}
