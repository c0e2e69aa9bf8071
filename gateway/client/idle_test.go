package client

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// counted serves and counts connections.
func counted(t *testing.T, secure bool, h http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	n := new(atomic.Int64)
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			n.Add(1)
		}
	}
	if secure {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return srv, n
}

func TestKeep(t *testing.T) {
	for _, secure := range []bool{false, true} {
		srv, n := counted(t, secure, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.URL.Path == "/close" {
				w.Header().Set("Connection", "close")
			}
			w.Write(body)
			if r.URL.Path == "/chunks" {
				w.(http.Flusher).Flush()
				fmt.Fprint(w, "!")
			}
		})
		c := &Client{Loop: loop(t), Timeout: 5 * time.Second, Most: 1 << 20, Keep: 2, KeepFor: time.Minute}
		if secure {
			c.Roots = x509.NewCertPool()
			c.Roots.AddCert(srv.Certificate())
		}
		big := bytes.Repeat([]byte("x"), 100_000)
		for i, q := range []Request{
			{URL: srv.URL}, {URL: srv.URL, Method: "HEAD"}, {URL: srv.URL + "/chunks", Method: "POST", Body: []byte("hi")}, {URL: srv.URL, Method: "POST", Body: big},
			{URL: srv.URL, Method: "POST", Body: []byte("ab"), RestLen: 100_000, Rest: func() io.Reader { return bytes.NewReader(big) }}, {URL: srv.URL + "/close"},
		} {
			a, err := do(c, &q)
			if err != nil || a.Status != 200 {
				t.Fatal(i, a, err)
			}
			if want := len(q.Body) + int(q.RestLen); want > 1000 && len(a.Body) != want {
				t.Errorf("request %d: a body of %d, want %d", i, len(a.Body), want)
			}
		}
		if n.Load() != 1 {
			t.Errorf("secure %v: %d connections", secure, n.Load())
		}
		if _, err := do(c, &Request{URL: srv.URL}); err != nil || n.Load() != 2 {
			t.Errorf("after a close: %v, %d connections", err, n.Load())
		}
		c.Close()
		if _, err := do(c, &Request{URL: srv.URL}); err != nil || n.Load() != 3 {
			t.Errorf("after Close: %v, %d connections", err, n.Load())
		}
		if len(c.idle.list) != 0 {
			t.Error("a closed client keeps connections")
		}
	}
}

// A server that closes connections between two requests loses none.
func TestClosedMeanwhile(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				r.Body.Close()
				io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
			}
			conn.Close() // without a word
		}
	}()
	c := &Client{Loop: loop(t), Timeout: 5 * time.Second, Most: 100, Keep: 4, KeepFor: time.Minute}
	defer c.Close()
	for range 200 {
		if a, err := do(c, &Request{URL: "http://" + ln.Addr().String(), Method: "POST", Body: []byte("x")}); err != nil || string(a.Body) != "hi" {
			t.Fatal(a, err)
		}
	}
}

// Many at once share few connections, and nobody gets the answer to another one's question.
func TestHammerKeep(t *testing.T) {
	srv, _ := counted(t, false, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })
	c := &Client{Loop: loop(t), Timeout: 5 * time.Second, Most: 100, Keep: 3, KeepFor: time.Millisecond}
	defer c.Close()
	failed := make(chan string, 8)
	for w := range 8 {
		go func() {
			for i := range 200 {
				path := fmt.Sprintf("/%d/%d", w, i)
				if a, err := do(c, &Request{URL: srv.URL + path}); err != nil || string(a.Body) != path {
					failed <- fmt.Sprint(path, a, err)
					return
				}
			}
			failed <- ""
		}()
	}
	for range 8 {
		if text := <-failed; text != "" {
			t.Error(text)
		}
	}
	c.idle.mu.Lock()
	if n := len(c.idle.list); n > 3 {
		t.Errorf("%d connections are kept", n)
	}
	c.idle.mu.Unlock()
}

func TestInsecure(t *testing.T) {
	srv, _ := counted(t, true, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) })
	c := &Client{Loop: loop(t), Timeout: 5 * time.Second, Most: 100, Insecure: true}
	if a, err := do(c, &Request{URL: srv.URL, Host: "other.test"}); err != nil || string(a.Body) != "other.test" {
		t.Errorf("%v %v", a, err)
	}
}
