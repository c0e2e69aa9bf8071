package scripttest

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// What is spoken here is RFC 6455 as far as a proxy can be tested by it: the
// handshake, text frames of any length, close.

const wsMagic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

func wsAccept(key string) string {
	sum := sha1.Sum([]byte(key + wsMagic))
	return base64.StdEncoding.EncodeToString(sum[:])
}

const (
	wsText  = 1
	wsClose = 8
)

func writeFrame(w io.Writer, op byte, text string, masked bool) error {
	b := []byte{0x80 | op}
	bit := byte(0)
	if masked {
		bit = 0x80
	}
	switch n := len(text); {
	case n < 126:
		b = append(b, bit|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, bit|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, bit|127), uint64(n))
	}
	if masked {
		b = append(b, 0, 0, 0, 0) // a mask of zeros changes nothing and is allowed
	}
	_, err := w.Write(append(b, text...))
	return err
}

func readFrame(br *bufio.Reader) (op byte, text string, err error) {
	var h [2]byte
	if _, err := io.ReadFull(br, h[:]); err != nil {
		return 0, "", err
	}
	n := uint64(h[1] & 0x7f)
	switch n {
	case 126:
		var l uint16
		err = binary.Read(br, binary.BigEndian, &l)
		n = uint64(l)
	case 127:
		err = binary.Read(br, binary.BigEndian, &n)
	}
	if err != nil || n > 1<<24 {
		return 0, "", fmt.Errorf("frame of %d bytes: %v", n, err)
	}
	var mask [4]byte
	if h[1]&0x80 != 0 {
		if _, err := io.ReadFull(br, mask[:]); err != nil {
			return 0, "", err
		}
	}
	b := make([]byte, n)
	_, err = io.ReadFull(br, b)
	for i := range b {
		b[i] ^= mask[i%4]
	}
	return h[0] & 0x0f, string(b), err
}

// serveWebSocket is an origin's side: it echoes every text.
func serveWebSocket(c net.Conn, br *bufio.Reader, head string) {
	key := ""
	for line := range strings.Lines(head) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(k, "Sec-WebSocket-Key") {
			key = strings.TrimSpace(v)
		}
	}
	if key == "" || !strings.Contains(strings.ToLower(head), "\r\nupgrade: websocket\r\n") {
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return
	}
	fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", wsAccept(key))
	for {
		op, text, err := readFrame(br)
		if err != nil || writeFrame(c, op, text, false) != nil || op == wsClose {
			return
		}
	}
}

// ws open PATH, ws send TEXT, ws recv TEXT, ws close; flags as send has them.
func (w *world) ws(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "ws open|send|recv|close [-c NAME] [-port NAME] [PATH|TEXT]")
	verb := args[0]
	f := parseConn(ts, args[1:])
	switch verb {
	case "open":
		need(ts, f.args, 1, "ws open PATH")
		const key = "dGhlIHNhbXBsZSBub25jZQ=="
		w.send(ts, false, []string{"-c", f.name, "-port", f.port, "GET " + f.args[0] + " HTTP/1.1\r\nHost: localhost\r\n" +
			"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + key + "\r\n\r\n"})
		r, err := readResponse(w.conns[f.name].br, "GET")
		ts.Check(err)
		w.resp = r
		got, _ := r.get("Sec-WebSocket-Accept")
		if ok := r.code == 101 && got == wsAccept(key); ok == neg {
			ts.Fatalf("ws: (negated: %v)\n%s%s", neg, r.head, r.body)
		}
	case "send":
		need(ts, f.args, 1, "ws send TEXT")
		ts.Check(writeFrame(w.open(ts, f.name), wsText, unescape(f.args[0]), true))
	case "recv":
		need(ts, f.args, 1, "ws recv TEXT")
		_, text, err := readFrame(w.open(ts, f.name).br)
		if err != nil || text != unescape(f.args[0]) {
			ts.Fatalf("ws: got %s (%v), want %s", short(text), err, short(f.args[0]))
		}
	case "close":
		c := w.open(ts, f.name)
		ts.Check(writeFrame(c, wsClose, "", true))
		if op, _, err := readFrame(c.br); err != nil || op != wsClose {
			ts.Fatalf("ws: the peer does not close: frame %d, %v", op, err)
		}
		c.Close()
		delete(w.conns, f.name)
	default:
		ts.Fatalf("ws: unknown verb %q", verb)
	}
}
