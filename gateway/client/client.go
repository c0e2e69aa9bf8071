package client

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// Client says how requests are made. It may be used by many goroutines.
type Client struct {
	Loop     *event.Loop
	Timeout  time.Duration  // for all of it
	Most     int            // bytes of an answer's body
	Roots    *x509.CertPool // whom to trust; nil for those that the system does
	Insecure bool           // trusts everybody

	// Keep is how many connections wait for another request at most, KeepFor how long
	// they do; 0: each request has a connection of its own.
	Keep    int
	KeepFor time.Duration

	idle idle
}

// Request is what is asked. Host, Content-Length and Connection are written by Do.
type Request struct {
	Method string // "" for GET
	URL    string // http or https
	Host   string // the Host header, "" for the URL's
	Header []http1.Header
	Lines  []byte // more headers, as they are written
	Body   []byte
	// Rest is more of the body, RestLen bytes. It is called anew when the request is sent
	// once more, because a connection that was kept turned out to be closed.
	Rest    func() io.Reader
	RestLen int64
}

// Answer is what comes back.
type Answer struct {
	Status int
	Header []http1.Header
	Body   []byte
}

// Get is the first header of that name.
func (a *Answer) Get(name string) string {
	for i := range a.Header {
		if http1.EqualFold(a.Header[i].Name, name) {
			return a.Header[i].Value
		}
	}
	return ""
}

// Do asks, and waits for the answer. It runs on a goroutine of the loop's.
func (c *Client) Do(q *Request) (*Answer, error) {
	u, err := url.Parse(q.URL)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, fmt.Errorf("%q is no http or https address", q.URL)
	}
	end := time.Now().Add(c.Timeout)
	for {
		l, err := c.link(u, end)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.Host, err)
		}
		a, err := c.ask(l, q, u)
		if err == nil {
			return a, nil
		}
		l.Close()
		if !l.used || l.answered || errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, fmt.Errorf("%s: %w", u.Host, err)
		}
		// The server has closed a connection that we had kept, before it has read the
		// request: another one shall do.
	}
}

// link is a connection: one that was kept, or a new one.
func (c *Client) link(u *url.URL, end time.Time) (*link, error) {
	if c.Keep > 0 {
		if l := c.idle.take(u.Scheme, u.Host); l != nil {
			l.used, l.answered = true, false
			l.SetDeadline(end)
			return l, nil
		}
	}
	return c.dial(u, end)
}

// ask sends the request and reads the answer, after which the connection is kept or
// closed. After an error it is the caller's.
func (c *Client) ask(l *link, q *Request, u *url.URL) (*Answer, error) {
	if _, err := l.Write(q.append(nil, u, c.Keep > 0)); err != nil {
		return nil, err
	}
	if q.Rest != nil {
		if n, err := io.Copy(l, io.LimitReader(q.Rest(), q.RestLen)); err != nil {
			return nil, err
		} else if n < q.RestLen {
			return nil, io.ErrUnexpectedEOF
		}
	}
	r := reader{conn: l, most: c.Most}
	a, err := r.answer(q.Method == "HEAD")
	if err != nil {
		l.answered = l.answered || len(r.in) > 0
		return nil, err
	}
	if r.keep && len(r.in) == 0 && c.Keep > 0 {
		c.idle.put(l, c.Keep, c.KeepFor)
	} else {
		l.Close()
	}
	return a, nil
}

// Close ends the connections that are kept, and keeps none any more.
func (c *Client) Close() { c.idle.close() }

// append writes the request.
func (q *Request) append(b []byte, u *url.URL, keep bool) []byte {
	method := q.Method
	if method == "" {
		method = "GET"
	}
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, u.RequestURI()...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, cmp.Or(q.Host, u.Host)...)
	b = append(b, "\r\n"...)
	if !keep {
		b = append(b, "Connection: close\r\n"...)
	}
	for i := range q.Header {
		b = http1.AppendHeader(b, q.Header[i].Name, q.Header[i].Value)
	}
	b = append(b, q.Lines...)
	if n := int64(len(q.Body)) + q.RestLen; n > 0 || method != "GET" && method != "HEAD" {
		b = http1.AppendHeader(b, "Content-Length", strconv.FormatInt(n, 10))
	}
	return append(append(b, "\r\n"...), q.Body...)
}

// dial connects to the first address that lets it, and shakes hands.
func (c *Client) dial(u *url.URL, end time.Time) (*link, error) {
	addrs, err := lookup(u, end)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, a := range addrs {
		left := time.Until(end)
		if left <= 0 {
			return nil, context.DeadlineExceeded
		}
		ev, err := c.Loop.DialTo(a, &event.Dialer{Timeout: left})
		if err != nil {
			failed = err
			continue
		}
		l := &link{Conn: ev.NetConn(), ev: ev, scheme: u.Scheme, host: u.Host, in: &c.idle}
		ev.SetHandler(l)
		l.SetDeadline(end)
		if u.Scheme == "http" {
			return l, nil
		}
		t := tls.Client(l.Conn, &tls.Config{ServerName: u.Hostname(), RootCAs: c.Roots, InsecureSkipVerify: c.Insecure, MinVersion: tls.VersionTLS12})
		if err := t.Handshake(); err != nil {
			l.Close()
			return nil, err
		}
		l.Conn = t
		return l, nil
	}
	return nil, failed
}

// lookup finds the addresses of a URL's host as the system does.
func lookup(u *url.URL, end time.Time) ([]netip.AddrPort, error) {
	port := uint64(80)
	if u.Scheme == "https" {
		port = 443
	}
	if p := u.Port(); p != "" {
		var err error
		if port, err = strconv.ParseUint(p, 10, 16); err != nil {
			return nil, err
		}
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(a, uint16(port))}, nil
	}
	ctx, cancel := context.WithDeadline(context.Background(), end)
	defer cancel()
	event.Block()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return nil, err
	}
	var out []netip.AddrPort
	for _, a := range list {
		out = append(out, netip.AddrPortFrom(a.Unmap(), uint16(port)))
	}
	if len(out) == 0 {
		return nil, errors.New("no address")
	}
	return out, nil
}
