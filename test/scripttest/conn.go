package scripttest

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// conn is a client connection that a script drives by hand.
type conn struct {
	net.Conn
	br      *bufio.Reader
	methods []string // of the requests sent and not yet answered
}

// connFlags reads -c NAME (the connection), -port NAME (where a new one goes), -n N and -from ADDR.
type connFlags struct {
	name, port, from string
	n                int
	args             []string
}

func parseConn(ts *testscript.TestScript, args []string) connFlags {
	f := connFlags{name: "main", port: "main", n: 1}
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-c":
			f.name = args[1]
		case "-port":
			f.port = args[1]
		case "-from":
			f.from = args[1]
		case "-n":
			n, err := strconv.Atoi(args[1])
			ts.Check(err)
			f.n = n
		default:
			ts.Fatalf("unknown flag %s", args[0])
		}
		args = args[2:]
	}
	f.args = args
	return f
}

// send writes bytes, opening the connection first when there is none. With no
// text it only connects.
func (w *world) send(ts *testscript.TestScript, neg bool, args []string) {
	f := parseConn(ts, args)
	c := w.conns[f.name]
	if c == nil {
		nc, err := w.dial(ts, f.port, f.from)
		ts.Check(err)
		c = &conn{Conn: nc, br: bufio.NewReader(nc)}
		w.conns[f.name] = c
	}
	c.SetDeadline(time.Now().Add(patience))
	for _, a := range f.args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			a = ts.ReadFile(name)
		} else {
			a = unescape(a)
		}
		if method, rest, ok := strings.Cut(a, " "); ok && strings.ToUpper(method) == method && strings.Contains(rest, " HTTP/") {
			c.methods = append(c.methods, method)
		}
		if _, err := io.WriteString(c, a); err != nil && !neg {
			ts.Fatalf("send: %v", err)
		}
	}
}

func (w *world) open(ts *testscript.TestScript, name string) *conn {
	c := w.conns[name]
	if c == nil {
		ts.Fatalf("there is no connection %q: send something first", name)
	}
	c.SetDeadline(time.Now().Add(patience))
	return c
}

// recv reads the next answers; the last of them is looked at by the checks.
func (w *world) recv(ts *testscript.TestScript, neg bool, args []string) {
	f := parseConn(ts, args)
	c := w.open(ts, f.name)
	for range f.n {
		method := "GET"
		if len(c.methods) > 0 {
			method = c.methods[0]
		}
		r, err := readResponse(c.br, method)
		if (err != nil) != neg {
			ts.Fatalf("recv: %v (negated: %v)", err, neg)
		}
		if err != nil {
			return
		}
		if r.code != 100 && len(c.methods) > 0 {
			c.methods = c.methods[1:]
		}
		w.resp = r
	}
	io.WriteString(ts.Stdout(), w.resp.body)
	io.WriteString(ts.Stderr(), strings.ReplaceAll(w.resp.head, "\r\n", "\n"))
}

// raw compares the next bytes, all of them and no more than the text is long;
// without text it reads to the end and leaves that in stdout.
func (w *world) raw(ts *testscript.TestScript, neg bool, args []string) {
	f := parseConn(ts, args)
	c := w.open(ts, f.name)
	if len(f.args) == 0 {
		b, err := io.ReadAll(c.br)
		if err != nil {
			ts.Fatalf("raw: after %s: %v", short(string(b)), err)
		}
		ts.Stdout().Write(b)
		c.Close()
		delete(w.conns, f.name)
		return
	}
	want := unescape(f.args[0])
	b := make([]byte, len(want))
	n, err := io.ReadFull(c.br, b)
	if got := string(b[:n]); err != nil || got != want {
		ts.Fatalf("raw: got %s (%v), want %s", short(got), err, short(want))
	}
}

// closed waits for the peer to end the connection, with nothing more to read.
func (w *world) closed(ts *testscript.TestScript, neg bool, args []string) {
	f := parseConn(ts, args)
	c := w.open(ts, f.name)
	b, err := io.ReadAll(c.br)
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		ts.Fatalf("closed: the connection stays open")
	}
	if len(b) > 0 {
		ts.Fatalf("closed: there is more to read: %s", short(string(b)))
	}
	c.Close()
	delete(w.conns, f.name)
}

// hangup closes our side; hangup -write only says that we have no more to send.
func (w *world) hangup(ts *testscript.TestScript, neg bool, args []string) {
	half := len(args) > 0 && args[0] == "-write"
	if half {
		args = args[1:]
	}
	f := parseConn(ts, args)
	c := w.open(ts, f.name)
	if half {
		if tc, ok := c.Conn.(*net.TCPConn); ok {
			ts.Check(tc.CloseWrite())
		}
		return
	}
	c.Close()
	delete(w.conns, f.name)
}
