package scripttest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// origin is an HTTP/1 backend that does what a script tells it, faults included.
// It is written over a socket, so that nothing adds or mends a byte.
type origin struct {
	name string
	l    net.Listener

	mu          sync.Mutex
	how         behaviour
	connections int
	requests    []string // head and body of each, as they came
	open        map[net.Conn]bool
	stopped     bool
	wg          sync.WaitGroup
}

type behaviour struct {
	status, reason, body, raw string
	headers                   []string
	delay                     time.Duration
	length                    int // Content-Length that is said; -1: as long as the body is
	chunked, echo, close      bool
	drop, reset, hang         bool // after the request: close, RST, silence
	refuse                    bool // close at once, before any request is read
	ws, http10                bool
	line                      bool // a request is one line, as in memcached's protocol
}

const originUsage = "origin NAME [status=200] [reason=OK] [body=TEXT] [header='N: v']... [delay=100ms] [length=N] [raw=BYTES] [chunked] [echo] [close] [drop] [reset] [hang] [refuse] [ws] [http10] [line] | origin NAME stop"

func (w *world) origin(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, originUsage)
	name := args[0]
	o := w.origins[name]
	if len(args) == 2 && args[1] == "stop" {
		if o == nil {
			ts.Fatalf("origin %s was not started", name)
		}
		o.stop()
		delete(w.origins, name)
		return
	}
	how, err := parseBehaviour(args[1:])
	ts.Check(err)
	if o != nil { // already there: it behaves differently from now on
		o.mu.Lock()
		o.how = how
		o.mu.Unlock()
		return
	}
	addr := "127.0.0.1:" + ts.Getenv("port:"+name)
	if addr == "127.0.0.1:" {
		ts.Fatalf("no file says ${port:%s}", name)
	}
	l, err := net.Listen("tcp", addr)
	ts.Check(err)
	o = &origin{name: name, l: l, how: how, open: map[net.Conn]bool{}}
	w.origins[name] = o
	o.wg.Go(o.accept)
}

func parseBehaviour(args []string) (behaviour, error) {
	h := behaviour{status: "200", length: -1}
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		var err error
		switch k {
		case "status":
			h.status = v
		case "reason":
			h.reason = v
		case "body":
			h.body = unescape(v)
			if text, n, ok := strings.Cut(v, "*"); ok { // body=x*70000
				if times, e := strconv.Atoi(n); e == nil {
					h.body = strings.Repeat(unescape(text), times)
				}
			}
		case "header":
			h.headers = append(h.headers, unescape(v))
		case "raw":
			h.raw = unescape(v)
		case "delay":
			h.delay, err = time.ParseDuration(v)
		case "length":
			h.length, err = strconv.Atoi(v)
		case "chunked":
			h.chunked = true
		case "echo":
			h.echo = true
		case "close":
			h.close = true
		case "drop":
			h.drop = true
		case "reset":
			h.reset = true
		case "hang":
			h.hang = true
		case "refuse":
			h.refuse = true
		case "ws":
			h.ws = true
		case "line":
			h.line = true
		case "http10":
			h.http10, h.close = true, true
		default:
			return h, fmt.Errorf("%q: %s", a, originUsage)
		}
		if err != nil {
			return h, fmt.Errorf("%q: %w", a, err)
		}
	}
	return h, nil
}

func (o *origin) accept() {
	for {
		c, err := o.l.Accept()
		if err != nil {
			return
		}
		o.mu.Lock()
		if o.stopped {
			o.mu.Unlock()
			c.Close()
			return
		}
		o.connections++
		o.open[c] = true
		refuse := o.how.refuse
		o.wg.Go(func() {
			if !refuse {
				o.serve(c)
			}
			c.Close()
			o.mu.Lock()
			delete(o.open, c)
			o.mu.Unlock()
		})
		o.mu.Unlock()
	}
}

func (o *origin) serve(c net.Conn) {
	br := bufio.NewReader(c)
	for {
		o.mu.Lock()
		how := o.how
		o.mu.Unlock()
		var head, body string
		var err error
		if how.line {
			head, err = br.ReadString('\n')
		} else {
			head, body, err = readRequest(br, c)
		}
		if err != nil {
			return
		}
		o.mu.Lock()
		how = o.how // it may have changed while we waited
		o.requests = append(o.requests, head+body)
		o.mu.Unlock()
		switch {
		case how.drop:
			return
		case how.reset:
			if t, ok := c.(*net.TCPConn); ok {
				t.SetLinger(0)
			}
			return
		case how.hang:
			io.Copy(io.Discard, br) // until the peer goes, or stop closes us
			return
		case how.ws:
			serveWebSocket(c, br, head)
			return
		}
		if how.delay > 0 {
			time.Sleep(how.delay) // the delay is what the script asks for, not a wait
		}
		if how.echo {
			how.body = head + body
		}
		if _, err := io.WriteString(c, how.answer(head)); err != nil || how.close || how.length > len(how.body) {
			return
		}
		if strings.Contains(strings.ToLower(head), "\r\nconnection: close\r\n") || strings.Contains(head, " HTTP/1.0\r\n") {
			return
		}
	}
}

func (h *behaviour) answer(head string) string {
	if h.raw != "" {
		return h.raw
	}
	reason := h.reason
	if reason == "" {
		reason = map[string]string{"200": "OK", "404": "Not Found", "500": "Internal Server Error", "503": "Service Unavailable"}[h.status]
	}
	var b strings.Builder
	version := "HTTP/1.1"
	if h.http10 {
		version = "HTTP/1.0"
	}
	fmt.Fprintf(&b, "%s %s %s\r\n", version, h.status, reason)
	for _, l := range h.headers {
		b.WriteString(l + "\r\n")
	}
	if h.close {
		b.WriteString("Connection: close\r\n")
	}
	bodiless := strings.HasPrefix(head, "HEAD ") || h.status == "204" || h.status == "304"
	switch n := h.length; {
	case h.chunked:
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		if h.body != "" && !bodiless {
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(h.body), h.body)
		}
		if !bodiless {
			b.WriteString("0\r\n\r\n")
		}
		return b.String()
	case h.http10 && n < 0: // the end of the connection ends the body
		b.WriteString("\r\n")
	case n < 0:
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(h.body))
	default:
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", n)
	}
	if !bodiless {
		b.WriteString(h.body)
	}
	return b.String()
}

func readRequest(br *bufio.Reader, c net.Conn) (head, body string, err error) {
	n, chunked := 0, false
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return "", "", err
		}
		head += line
		if line == "\r\n" || line == "\n" {
			break
		}
		k, v, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch strings.ToLower(k) {
		case "content-length":
			n, _ = strconv.Atoi(strings.TrimSpace(v))
		case "transfer-encoding":
			chunked = true
		case "expect":
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}
	}
	if chunked {
		body, err = readChunked(br)
		return head, body, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(br, b)
	return head, string(b), err
}

func (o *origin) stop() {
	o.l.Close()
	o.mu.Lock()
	o.stopped = true
	for c := range o.open {
		c.Close()
	}
	o.mu.Unlock()
	o.wg.Wait()
}
