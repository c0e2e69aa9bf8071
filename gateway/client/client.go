package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// Client says how requests are made. It may be used by many goroutines.
type Client struct {
	Loop    *event.Loop
	Timeout time.Duration  // for all of it
	Most    int            // bytes of an answer's body
	Roots   *x509.CertPool // whom to trust; nil for those that the system does
}

// Request is what is asked. Host, Content-Length and Connection are written by Do.
type Request struct {
	Method string // "" for GET
	URL    string // http or https
	Header []http1.Header
	Body   []byte
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
	conn, err := c.dial(u, end)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Host, err)
	}
	defer conn.Close()
	if _, err := conn.Write(q.append(nil, u)); err != nil {
		return nil, fmt.Errorf("%s: %w", u.Host, err)
	}
	r := reader{conn: conn, most: c.Most}
	a, err := r.answer(q.Method == "HEAD")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Host, err)
	}
	return a, nil
}

// append writes the request.
func (q *Request) append(b []byte, u *url.URL) []byte {
	method := q.Method
	if method == "" {
		method = "GET"
	}
	b = append(b, method...)
	b = append(b, ' ')
	b = append(b, u.RequestURI()...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, u.Host...)
	b = append(b, "\r\nConnection: close\r\n"...)
	for i := range q.Header {
		b = http1.AppendHeader(b, q.Header[i].Name, q.Header[i].Value)
	}
	if len(q.Body) > 0 || method != "GET" && method != "HEAD" {
		b = http1.AppendHeader(b, "Content-Length", strconv.Itoa(len(q.Body)))
	}
	return append(append(b, "\r\n"...), q.Body...)
}

// dial connects to the first address that lets it, and shakes hands.
func (c *Client) dial(u *url.URL, end time.Time) (net.Conn, error) {
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
		ev.SetHandler(nobody{})
		var conn net.Conn = ev.NetConn()
		conn.SetDeadline(end)
		if u.Scheme == "http" {
			return conn, nil
		}
		t := tls.Client(conn, &tls.Config{ServerName: u.Hostname(), RootCAs: c.Roots, MinVersion: tls.VersionTLS12})
		if err := t.Handshake(); err != nil {
			conn.Close()
			return nil, err
		}
		return t, nil
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

// nobody is the handler of a connection that is never parked.
type nobody struct{}

func (nobody) Ready(c *event.Conn, _ event.Why) { c.Close() }
