package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// TLSPolicy is what the ssl module gives a listening socket with "ssl": the
// engine only knows when to shake hands.
type TLSPolicy interface {
	// Config is the base configuration of a connection; it chooses certificates
	// by server name through Conn.ServerByName.
	Config(c *Conn) *tls.Config
	// Done is told how the handshake went and may log; a status refuses each
	// request of the connection (495, 496).
	Done(c *Conn, state *tls.ConnectionState, err error)
	// Check is asked for each request; 0 lets it pass.
	Check(r *Request) Result
	Timeout(s *Server) time.Duration
}

// tlsState is what only TLS connections have.
type tlsState struct {
	conn  *tls.Conn
	raw   *tlsSource
	state tls.ConnectionState
	info  any // what the policy keeps
}

// tlsSource is the socket below a TLS connection. When it is told not to wait,
// a read with nothing to read fails with errAgain, which does no harm to the
// TLS state, since it is temporary.
type tlsSource struct {
	net.Conn
	ev   *event.Conn
	head []byte // bytes that were looked at before TLS began
	try  bool
}

type againError struct{}

func (againError) Error() string   { return "resource temporarily unavailable" }
func (againError) Timeout() bool   { return true }
func (againError) Temporary() bool { return true }

var errAgain net.Error = againError{}

func (s *tlsSource) Read(p []byte) (int, error) {
	if len(s.head) > 0 {
		n := copy(p, s.head)
		s.head = s.head[n:]
		return n, nil
	}
	if s.try {
		n, again, err := s.ev.TryRead(p)
		if again {
			return 0, errAgain
		}
		return n, err
	}
	return s.Conn.Read(p)
}

func (t *tlsState) tryRead(p []byte) (n int, again bool, err error) {
	t.raw.try = true
	n, err = t.conn.Read(p)
	t.raw.try = false
	if n == 0 && errors.Is(err, errAgain) {
		return 0, true, nil
	}
	return n, false, err
}

// open begins a new connection's life when its first bytes are there: PROXY
// protocol, TLS or plain, HTTP/2 or 1.
func (c *Conn) open() {
	if c.listen.opts.ProxyProtocol && !c.readProxy() {
		return
	}
	if c.listen.opts.SSL && !c.handshake() {
		return
	}
	c.serve()
}

// handshake is ngx_http_ssl_handshake: a client that speaks plain HTTP is
// answered in plain HTTP.
func (c *Conn) handshake() bool {
	var first [1]byte
	n, again, err := c.ev.TryRead(first[:])
	switch {
	case again:
		c.ev.Park(c.w.restOfTimeout(c))
		return false
	case n == 0:
		if err != nil && err != io.EOF {
			c.logRecv(err, "SSL handshaking")
		}
		c.close()
		return false
	}
	c.ev.AssumeInput()
	if first[0] != 0x16 && first[0]&0x80 == 0 {
		c.takeIn()
		c.in = append(c.in, first[0])
		c.plainOnTLS = true
		return true
	}
	policy := c.w.HTTP.tls
	raw := &tlsSource{Conn: c.ev.NetConn(), ev: c.ev, head: first[:1]}
	limit := policy.Timeout(c.server)
	c.ev.SetReadTimeout(limit)
	c.ev.SetWriteTimeout(limit)
	conn := tls.Server(raw, policy.Config(c))
	c.tls = &tlsState{conn: conn, raw: raw}
	err = conn.HandshakeContext(context.Background())
	if err == nil {
		c.tls.state = conn.ConnectionState()
	}
	policy.Done(c, &c.tls.state, err)
	if err != nil {
		c.tls = nil
		c.close()
		return false
	}
	return true
}

// ServerByName is the virtual server of a TLS server name (SNI).
func (c *Conn) ServerByName(name string) *Server {
	s := c.listen.names.find(nil, name)
	return s
}

// SetServer makes s the server of the connection before a request is known.
func (c *Conn) SetServer(s *Server) { c.server = s }

// Server is the connection's server before a request is known.
func (c *Conn) Server() *Server { return c.server }

// TLS is the state of the connection's TLS, nil when it is plain.
func (c *Conn) TLS() *tls.ConnectionState {
	if c.tls == nil {
		return nil
	}
	return &c.tls.state
}

// TLSInfo is what the policy keeps with a TLS connection.
func (c *Conn) TLSInfo() any { return c.tls.info }

// SetTLSInfo stores it.
func (c *Conn) SetTLSInfo(v any) { c.tls.info = v }

// SetTLS is how the ssl module offers its policy, from Init.
func (b *Builder) SetTLS(p TLSPolicy) { b.tls = p }

// checkTLS answers 497 to plain requests on a TLS socket and asks the policy.
func (r *Request) checkTLS() Result {
	c := r.Conn
	if c.plainOnTLS {
		r.Logf(errlog.Info, "client sent plain HTTP request to HTTPS port")
		return 497
	}
	if c.tls != nil && c.w.HTTP.tls != nil {
		return c.w.HTTP.tls.Check(r)
	}
	return 0
}

// tlsPeek looks whether more of the client's bytes wait inside TLS, where the
// event loop can't see them. ok is false when the connection has ended.
func (c *Conn) tlsPeek() (more, ok bool) {
	c.takeIn()
	c.in, c.pos = c.in[:0], 0
	n, again, err := c.tls.tryRead(c.in[:cap(c.in)])
	switch {
	case again:
		return false, true
	case n > 0:
		c.in = c.in[:n]
		return true, true
	}
	_ = err
	c.close()
	return false, false
}

func (c *Conn) closeNotify() {
	c.ev.SetWriteTimeout(time.Second)
	c.tls.conn.CloseWrite()
}

func (c *Conn) closeTLS() {
	if c.tls != nil && c.failed == nil && !c.timedOut {
		c.closeNotify()
	}
}
