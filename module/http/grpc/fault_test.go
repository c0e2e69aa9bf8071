package grpc_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"moongate/engine/httpd/httpdtest"
)

// peer is a server that reads one request and says what a test wants.
func peer(t *testing.T, say func(f *http2.Framer, header func(fields ...string) []byte)) *httpdtest.Rig {
	t.Helper()
	l, addr := listen(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				f, ok := request(c)
				if !ok {
					return
				}
				say(f, func(fields ...string) []byte {
					var b bytes.Buffer
					e := hpack.NewEncoder(&b)
					e.SetMaxDynamicTableSize(0)
					for i := 0; i < len(fields); i += 2 {
						e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
					}
					return b.Bytes()
				})
				for { // what it has to say is read, until it closes
					if _, err := f.ReadFrame(); err != nil {
						return
					}
				}
			}()
		}
	}()
	return serve(t, addr, false)
}

// request reads up to the end of one.
func request(c net.Conn) (*http2.Framer, bool) {
	hello := make([]byte, len(http2.ClientPreface))
	if _, err := c.Read(hello); err != nil || string(hello) != http2.ClientPreface {
		return nil, false
	}
	f := http2.NewFramer(c, c)
	f.WriteSettings()
	for {
		in, err := f.ReadFrame()
		if err != nil {
			return nil, false
		}
		if h := in.Header(); (h.Type == http2.FrameHeaders || h.Type == http2.FrameData) && h.Flags.Has(http2.FlagDataEndStream) {
			return f, true
		}
	}
}

// answered waits until all that was said has been read.
func answered(f *http2.Framer) {
	f.WritePing(false, [8]byte{'r', 'e', 'a', 'd'})
	for {
		in, err := f.ReadFrame()
		if err != nil {
			return
		}
		if p, ok := in.(*http2.PingFrame); ok && p.IsAck() {
			return
		}
	}
}

// What a peer may say that is not usual, and what it may not.
func TestFrames(t *testing.T) {
	type framer = http2.Framer
	end := func(f *framer, header func(...string) []byte) {
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header("grpc-status", "0"), EndHeaders: true, EndStream: true})
	}
	begin := func(f *framer, header func(...string) []byte) {
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header(":status", "200", "content-type", "application/grpc"), EndHeaders: true})
	}
	for _, c := range []struct {
		name, want, log string
		say             func(f *framer, header func(...string) []byte)
	}{
		{"usual", "200 hi", "", func(f *framer, header func(...string) []byte) {
			begin(f, header)
			f.WriteData(1, false, []byte("hi"))
			end(f, header)
		}},
		{"in pieces", "200 hi", "", func(f *framer, header func(...string) []byte) {
			block := header(":status", "200", "content-type", "application/grpc")
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block[:3], PadLength: 5, Priority: http2.PriorityParam{StreamDep: 3}})
			f.WriteContinuation(1, false, block[3:5])
			f.WriteContinuation(1, true, block[5:])
			f.WriteDataPadded(1, false, []byte("h"), make([]byte, 200))
			f.WriteDataPadded(1, false, nil, make([]byte, 20))
			f.WriteData(1, false, nil)
			f.WritePing(false, [8]byte{1})
			f.WriteWindowUpdate(0, 10)
			f.WriteRawFrame(0xbe, 0, 0, []byte("unknown"))
			f.WriteData(1, true, []byte("i"))
		}},
		{"interim", "200 ", "", func(f *framer, header func(...string) []byte) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header(":status", "103", "link", "x"), EndHeaders: true})
			begin(f, header)
			end(f, header)
		}},
		{"many frames first", "200 ", "", func(f *framer, header func(...string) []byte) {
			for range 1000 {
				f.WriteWindowUpdate(1, 1)
			}
			begin(f, header)
			end(f, header)
		}},
		{"GOAWAY for later ones", "200 ", "", func(f *framer, header func(...string) []byte) {
			f.WriteGoAway(1, http2.ErrCodeNo, nil)
			begin(f, header)
			end(f, header)
		}},
		{"GOAWAY", "502", "the connection is closed, code 0", func(f *framer, _ func(...string) []byte) { f.WriteGoAway(0, http2.ErrCodeNo, nil) }},
		{"reset", "502", "the stream was reset, code 7", func(f *framer, _ func(...string) []byte) { f.WriteRSTStream(1, http2.ErrCodeRefusedStream) }},
		{"no header", "502", "a message before the header", func(f *framer, _ func(...string) []byte) { f.WriteData(1, false, []byte("x")) }},
		{"no status", "502", "no status", func(f *framer, header func(...string) []byte) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header("a", "b"), EndHeaders: true})
		}},
		{"bad status", "502", `the status "20x"`, func(f *framer, header func(...string) []byte) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header(":status", "20x"), EndHeaders: true})
		}},
		{"bad field", "502", `the field "a"`, func(f *framer, header func(...string) []byte) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: header(":status", "200", "a", "b\r\nc: d"), EndHeaders: true})
		}},
		{"dynamic table", "502", "a header that is not HPACK", func(f *framer, _ func(...string) []byte) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0xbe}, EndHeaders: true})
		}},
		{"other stream", "502", "a frame for stream 3", func(f *framer, header func(...string) []byte) {
			f.WriteHeaders(http2.HeadersFrameParam{StreamID: 3, BlockFragment: header(":status", "200"), EndHeaders: true})
		}},
		{"window", "502", "a window that can't be", func(f *framer, _ func(...string) []byte) { f.WriteWindowUpdate(1, 1<<31-1) }},
		{"long frame", "502", "a frame of 70000 bytes", func(f *framer, _ func(...string) []byte) { f.WriteRawFrame(http2.FrameData, 0, 1, make([]byte, 70000)) }},
		{"continuation alone", "502", "a header is not continued", func(f *framer, _ func(...string) []byte) { f.WriteRawFrame(http2.FrameContinuation, 0, 1, nil) }},
		{"push", "502", "a push", func(f *framer, _ func(...string) []byte) {
			f.WriteRawFrame(http2.FramePushPromise, 0, 1, make([]byte, 4))
		}},
		{"reset later", "200 hi, cut", "the stream was reset, code 2", func(f *framer, header func(...string) []byte) {
			begin(f, header)
			f.WriteData(1, false, []byte("hi"))
			answered(f) // what comes with a fault in one read does not leave any more
			f.WriteRSTStream(1, http2.ErrCodeInternal)
		}},
		{"second header", "200 , cut", "a second header", func(f *framer, header func(...string) []byte) {
			begin(f, header)
			begin(f, header)
		}},
	} {
		g := peer(t, c.say)
		answer := g.Send("POST /a HTTP/1.1\r\nHost: h.test\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
		got := httpdtest.Status(answer)
		if got == "200" {
			got += " " + chunks(answer)
		}
		if answer == "" && strings.HasSuffix(c.want, ", cut") {
			got = c.want // the fault has come with the header, and neither has left
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s: %q\n%s", c.name, got, c.want, answer, g.Log())
		}
		if c.log != "" {
			g.WantLog(`\[error\].*upstream sent invalid HTTP/2: .*` + c.log)
		}
	}
}

// chunks is a body in chunks, and whether it was cut.
func chunks(answer string) string {
	_, rest, _ := strings.Cut(answer, "\r\n\r\n")
	out := ""
	for {
		line, more, _ := strings.Cut(rest, "\r\n")
		var n int
		if _, err := fmt.Sscanf(line, "%x", &n); err != nil || n+2 > len(more) && n > 0 {
			return out + ", cut"
		}
		if n == 0 {
			return out
		}
		out += more[:n]
		rest = more[n+2:]
	}
}
