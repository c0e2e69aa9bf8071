package scripttest

import (
	"bufio"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// request is what the flags of get say.
type request struct {
	method, path, version, host, port, from string
	sni                                     string
	tls, unzip                              bool
	headers                                 []string
	body                                    string
	hasBody, chunked                        bool
	times, clients                          int
	save                                    string
}

const getUsage = "get [-X METHOD] [-H 'Name: value'] [-d BODY] [-chunked BODY] [-host HOST] [-http10] [-port NAME] [-from ADDR] [-tls] [-sni NAME] [-gunzip] [-n TIMES] [-c CLIENTS] [-o FILE] PATH"

func parseRequest(ts *testscript.TestScript, args []string) *request {
	q := &request{method: "GET", version: "HTTP/1.1", host: "localhost", port: "main", times: 1, clients: 1}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		flag := args[0]
		args = args[1:]
		switch flag {
		case "-http10":
			q.version = "HTTP/1.0"
			continue
		case "-tls":
			q.tls = true
			continue
		case "-gunzip":
			q.unzip = true
			q.headers = append(q.headers, "Accept-Encoding: gzip")
			continue
		}
		need(ts, args, 1, getUsage)
		v := args[0]
		args = args[1:]
		switch flag {
		case "-X":
			q.method = v
		case "-H":
			q.headers = append(q.headers, unescape(v))
		case "-d", "-chunked":
			if name, ok := strings.CutPrefix(v, "@"); ok {
				v = ts.ReadFile(name)
			} else {
				v = unescape(v)
			}
			q.body, q.hasBody, q.chunked = v, true, flag == "-chunked"
			if q.method == "GET" {
				q.method = "POST"
			}
		case "-host":
			q.host = v
		case "-port":
			q.port = v
		case "-from":
			q.from = v
		case "-sni":
			q.tls, q.sni = true, v
		case "-n", "-c":
			n, err := strconv.Atoi(v)
			ts.Check(err)
			if flag == "-c" {
				q.clients = n
			} else {
				q.times = n
			}
		case "-o":
			q.save = v
		default:
			ts.Fatalf("unknown flag %s; %s", flag, getUsage)
		}
	}
	if len(args) != 1 {
		ts.Fatalf("%s", getUsage)
	}
	q.path = args[0]
	return q
}

func (q *request) bytes() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\n", q.method, q.path, q.version)
	if q.host != "" {
		fmt.Fprintf(&b, "Host: %s\r\n", q.host)
	}
	b.WriteString("Connection: close\r\n")
	for _, h := range q.headers {
		b.WriteString(h + "\r\n")
	}
	switch {
	case q.chunked:
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		if q.body != "" {
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(q.body), q.body)
		}
		b.WriteString("0\r\n\r\n")
	case q.hasBody:
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(q.body), q.body)
	default:
		b.WriteString("\r\n")
	}
	return b.String()
}

// get sends a request on a connection of its own and keeps the answer for the checks.
func (w *world) get(ts *testscript.TestScript, neg bool, args []string) {
	q := parseRequest(ts, args)
	w.tally = map[string]int{}
	if q.clients > 1 {
		w.storm(ts, q)
		return
	}
	for range q.times {
		r, err := w.do(ts, q)
		if (err != nil) != neg {
			ts.Fatalf("%s %s: error %v (negated: %v)", q.method, q.path, err, neg)
		}
		if r == nil {
			r = &response{}
		}
		w.resp = r
		w.tally[strings.TrimSpace(r.body)]++
	}
	if q.save != "" {
		ts.Check(os.WriteFile(filepath.Join(w.dir, q.save), []byte(w.resp.body), 0o644))
	}
	// So that stdout, stderr and cmp look at the answer too.
	io.WriteString(ts.Stdout(), w.resp.body)
	io.WriteString(ts.Stderr(), strings.ReplaceAll(w.resp.head, "\r\n", "\n"))
}

func (w *world) do(ts *testscript.TestScript, q *request) (*response, error) {
	nc, err := w.dial(ts, q.port, q.from)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	if q.tls {
		// The scripts' certificates are made on the spot and signed by themselves.
		t := tls.Client(nc, &tls.Config{InsecureSkipVerify: true, ServerName: q.sni, NextProtos: []string{"http/1.1"}})
		if err := t.Handshake(); err != nil {
			return nil, err
		}
		nc = t
	}
	// A server may answer and close before it has read everything: the answer counts.
	sent := make(chan error, 1)
	go func() { _, err := io.WriteString(nc, q.bytes()); sent <- err }()
	br := bufio.NewReader(nc)
	r, err := readResponse(br, q.method)
	for err == nil && r.code == 100 {
		r, err = readResponse(br, q.method)
	}
	if err != nil {
		return r, err
	}
	if rest, _ := io.ReadAll(br); len(rest) > 0 {
		return r, fmt.Errorf("%d bytes after the answer: %s", len(rest), short(string(rest)))
	}
	if q.unzip {
		return r, r.gunzip()
	}
	return r, nil
}

func (r *response) gunzip() error {
	if ce, _ := r.get("Content-Encoding"); ce != "gzip" {
		return errors.New("the answer is not compressed")
	}
	z, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		return err
	}
	b, err := io.ReadAll(z)
	r.body = string(b)
	return err
}

// dial reaches a named port, a number, or unix:PATH below the prefix.
func (w *world) dial(ts *testscript.TestScript, port, from string) (net.Conn, error) {
	network, addr := "tcp", "127.0.0.1:"+port
	if p := ts.Getenv("port:" + port); p != "" {
		addr = "127.0.0.1:" + p
	}
	if path, ok := strings.CutPrefix(port, "unix:"); ok {
		network, addr = "unix", filepath.Join(w.dir, path)
	}
	d := net.Dialer{Timeout: patience}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	c, err := d.Dial(network, addr)
	if err == nil {
		c.SetDeadline(time.Now().Add(patience))
	}
	return c, err
}
