package client

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// loop runs until the test ends.
func loop(t *testing.T) *event.Loop {
	t.Helper()
	l, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { l.Run(); close(done) }()
	t.Cleanup(func() { l.Stop(); <-done })
	return l
}

// do asks on a goroutine of the loop's, as plugins do.
func do(c *Client, q *Request) (a *Answer, err error) {
	done := make(chan struct{})
	c.Loop.Go(func() { a, err = c.Do(q); close(done) })
	<-done
	return a, err
}

// server answers each connection with what is given, in pieces, once it has read the
// head of a request.
func server(t *testing.T, pieces ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var in string
				buf := make([]byte, 4096)
				for !strings.Contains(in, "\r\n\r\n") {
					n, err := c.Read(buf)
					if err != nil {
						return
					}
					in += string(buf[:n])
				}
				for _, p := range pieces {
					if p == "wait" {
						c.Read(buf) // until the client goes away
						return
					}
					io.WriteString(c, p)
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

func TestAnswers(t *testing.T) {
	l := loop(t)
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, c := range []struct {
		name   string
		pieces []string
		want   string
	}{
		{"length", []string{ok + "Content-Length: 5\r\n\r\nhello"}, "200 hello"},
		{"in pieces", []string{"HTTP/1.1 2", "00 OK\r", "\nContent-Le", "ngth: 5\r\n\r", "\nhel", "lo"}, "200 hello"},
		{"more than told", []string{ok + "Content-Length: 5\r\n\r\nhello, you"}, "200 hello"},
		{"chunks", []string{ok + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n", "2;x=y\r\nlo\r\n0\r\n\r\n"}, "200 hello"},
		{"until the end", []string{ok + "\r\nhel", "lo"}, "200 hello"},
		{"no content", []string{"HTTP/1.1 204 No Content\r\n\r\n"}, "204 "},
		{"interim", []string{"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nhi"}, "200 hi"},
		{"1.0", []string{"HTTP/1.0 200 OK\r\n\r\nhi"}, "200 hi"},
		{"short", []string{ok + "Content-Length: 5\r\n\r\nhell"}, "unexpected EOF"},
		{"short chunk", []string{ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhe"}, "unexpected EOF"},
		{"no end of the header", []string{ok + "A: b\r\n"}, "unexpected EOF"},
		{"nothing", nil, "unexpected EOF"},
		{"no HTTP", []string{"SSH-2.0-x\r\n\r\n"}, errForm.Error()},
		{"bad chunk", []string{ok + "Transfer-Encoding: chunked\r\n\r\nx\r\n"}, errForm.Error()},
		{"too long", []string{ok + "Content-Length: 101\r\n\r\n"}, ErrBody.Error()},
		{"too long in chunks", []string{ok + "Transfer-Encoding: chunked\r\n\r\n65\r\n" + strings.Repeat("x", 101)}, ErrBody.Error()},
		{"too long until the end", []string{ok + "\r\n" + strings.Repeat("x", 101)}, ErrBody.Error()},
		{"header too long", []string{ok + "A: " + strings.Repeat("x", mostHead+4096)}, errHead.Error()},
		{"two lengths", []string{ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"}, "upstream sent duplicate header line"},
		{"hints for ever", []string{strings.Repeat("HTTP/1.1 103 x\r\n\r\n", 100)}, errForm.Error()},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := do(&Client{Loop: l, Timeout: 5 * time.Second, Most: 100}, &Request{URL: server(t, c.pieces...)})
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprint(a.Status, " ", string(a.Body))
			}
			if err == nil && got != c.want || err != nil && !strings.Contains(got, c.want) {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Host == r.Context().Value(http.LocalAddrContextKey).(net.Addr).String(), " ", r.Header.Get("A"), " ", string(body)))
	}))
	defer srv.Close()
	c := &Client{Loop: loop(t), Timeout: 5 * time.Second, Most: 100}
	for _, w := range []struct {
		q    Request
		want string
	}{
		{Request{URL: srv.URL}, "GET / true  "},
		{Request{URL: srv.URL + "/a%20b?c=d#e", Header: []http1.Header{{Name: "A", Value: "x"}}}, "GET /a%20b?c=d true x "},
		{Request{URL: srv.URL + "/p", Method: "POST", Body: []byte("hello")}, "POST /p true  hello"},
		{Request{URL: srv.URL, Method: "HEAD"}, "HEAD / true  "},
	} {
		a, err := do(c, &w.q)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Get("x-seen"); got != strings.TrimSpace(w.want) {
			t.Errorf("%q, want %q", got, w.want)
		}
	}
}

// A name is looked up, and the certificate must be of somebody trusted.
func TestTLS(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hi") }))
	defer srv.Close()
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	c := &Client{Loop: loop(t), Timeout: 5 * time.Second, Most: 100, Roots: roots}
	a, err := do(c, &Request{URL: srv.URL})
	if err != nil || string(a.Body) != "hi" {
		t.Errorf("%v %v", a, err)
	}
	c.Roots = x509.NewCertPool()
	var unknown x509.UnknownAuthorityError
	if _, err := do(c, &Request{URL: srv.URL}); !errors.As(err, &unknown) {
		t.Errorf("trusted: %v", err)
	}
	c.Roots = roots
	var name x509.HostnameError
	if _, err := do(c, &Request{URL: strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)}); !errors.As(err, &name) {
		t.Errorf("trusted for another name: %v", err)
	}
}

func TestFailures(t *testing.T) {
	c := &Client{Loop: loop(t), Timeout: 200 * time.Millisecond, Most: 100}
	for _, uri := range []string{"", "/x", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/", "http://127.0.0.1:x/", "http://[::1/"} {
		if _, err := do(c, &Request{URL: uri}); err == nil {
			t.Errorf("%q is no address", uri)
		}
	}
	begin := time.Now()
	_, err := do(c, &Request{URL: server(t, "HTTP/1.1 200 OK\r\n", "wait")})
	if !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
}

// Whatever comes, it ends.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 103 x\r\n\r\nHTTP/1.0 200 OK\r\n\r\nx"))
	f.Fuzz(func(t *testing.T, in []byte) {
		here, there := net.Pipe()
		go func() { there.Write(in); there.Close() }()
		r := reader{conn: here, most: 100}
		if a, err := r.answer(false); err == nil && len(a.Body) > 100 {
			t.Errorf("a body of %d", len(a.Body))
		}
		here.Close()
	})
}
