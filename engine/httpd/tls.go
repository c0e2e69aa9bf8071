package httpd

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"moongate/core/errlog"
	"moongate/engine/certs"
)

// TLSPolicy is what the ssl module gives listening sockets with "ssl": the
// engine only knows when to shake hands.
type TLSPolicy interface {
	// Handshake speaks TLS on a new connection; raw gives the client's bytes
	// from the first one on. It chooses by Conn.ChooseServer. Its error has
	// been logged and ends the connection.
	Handshake(c *Conn, raw net.Conn) (*certs.Conn, error)
	// RecordSize is ssl_buffer_size.
	RecordSize(s *Server) int
	// VerifiesClients says that a server looks at client certificates: then it
	// is served only to those who asked for it in the handshake.
	VerifiesClients(s *Server) bool
	// Check is asked for each request (495, 496); 0 lets it pass.
	Check(r *Request) Result
	// ReadFailed words an error of reading for the log.
	ReadFailed(c *Conn, err error)
}

// open begins a new connection's life when its first bytes are there: PROXY
// protocol, TLS or plain, HTTP/2 or 1. It is called again when what has come
// was not enough.
func (c *Conn) open() {
	if c.listen.opts.ProxyProtocol && !c.readProxy() {
		return
	}
	if c.listen.opts.SSL {
		if c.tls == nil && !c.plainOnTLS && !c.handshake() {
			return
		}
		if c.tls != nil && c.tls.http2 {
			c.serveHTTP2()
			return
		}
	} else if c.speaksHTTP2() && !c.testPreface() {
		return
	}
	if c.pos < len(c.in) {
		c.w.stats.Waiting.Add(-1) // what firstBytes does when it reads them
	}
	c.serve()
}

// opening is what a new connection is doing, for the log.
func (c *Conn) opening() string {
	switch {
	case c.listen.opts.ProxyProtocol && c.proxied == nil:
		return "reading PROXY protocol"
	case c.listen.opts.SSL && c.tls == nil && !c.plainOnTLS:
		return "SSL handshaking"
	}
	return "waiting for request"
}

// handshake is ngx_http_ssl_handshake: a client that speaks plain HTTP is
// answered in plain HTTP.
func (c *Conn) handshake() bool {
	c.takeIn()
	if c.pos == len(c.in) {
		c.in, c.pos = c.in[:0], 0
		n, again, err := c.ev.TryRead(c.in[:cap(c.in)])
		switch {
		case again:
			c.releaseIn()
			c.ev.ParkBusy(c.w.restOfTimeout(c))
			return false
		case n == 0:
			if err == nil || errors.Is(err, io.EOF) {
				c.logf(errlog.Info, "client closed connection", "SSL handshaking")
			} else {
				c.logRecv(err, "SSL handshaking")
			}
			c.close()
			return false
		}
		c.in = c.in[:n]
	}
	head := c.in[c.pos:]
	if head[0] != 0x16 && head[0]&0x80 == 0 {
		c.plainOnTLS = true
		return true
	}
	if c.server.ground.core.TCPNoDelay.V {
		c.noDelay()
	}
	nc := c.ev.NetConn()
	nc.SetDeadline(time.Now().Add(c.w.restOfTimeout(c)))
	c.ev.SetReadTimeout(0)
	c.ev.SetWriteTimeout(0)
	t := &tlsState{raw: tlsSource{Conn: nc, ev: c.ev, head: head, direct: true}}
	c.tls = t
	conn, err := c.w.HTTP.tls.Handshake(c, &t.raw)
	if err != nil {
		c.tls = nil
		c.close()
		return false
	}
	nc.SetDeadline(time.Time{})
	t.conn, t.raw.direct = conn, false
	t.record = c.w.HTTP.tls.RecordSize(c.server)
	t.raw.head = slices.Clone(t.raw.head) // empty, but for clients that hurry
	c.releaseIn()
	t.http2 = conn.ALPN() == "h2" && c.speaksHTTP2()
	return true
}

// speaksHTTP2 tells whether the connection's server, as far as it is known,
// has "http2 on" or its address "listen ... http2".
func (c *Conn) speaksHTTP2() bool {
	return c.listen.opts.HTTP2 || c.server.ground.core.HTTP2.V
}

// Protocols are what is offered by ALPN, in the order of nginx.
func (c *Conn) Protocols() []string {
	if c.speaksHTTP2() {
		return alpnHTTP2
	}
	return alpnHTTP1
}

var (
	alpnHTTP1 = []string{"http/1.1", "http/1.0", "http/0.9"}
	alpnHTTP2 = []string{"h2", "http/1.1", "http/1.0", "http/0.9"}
)

// Server is the connection's server before a request is known.
func (c *Conn) Server() *Server { return c.server }

// TLS is the connection's TLS, nil when it is plain.
func (c *Conn) TLS() *certs.Conn {
	if c.tls == nil {
		return nil
	}
	return c.tls.conn
}

// Handshaking makes a TLS connection known whose handshake is still under way,
// for values with variables in names of certificates.
func (c *Conn) Handshaking(t *certs.Conn) { c.tls.conn = t }

// SetTLS is how the ssl module offers its policy, from Init.
func (b *Builder) SetTLS(p TLSPolicy) { b.tls = p }

// TLSListens calls f for each address with "listen ... ssl": its default
// server and all of its servers.
func (b *Builder) TLSListens(f func(first *Server, all []*Server) error) error {
	for _, l := range b.listens {
		if l.opts.SSL {
			if err := f(l.first, l.servers); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkTLS answers 497 to plain requests on a TLS socket and asks the policy.
func (r *Request) checkTLS() Result {
	c := r.Conn
	if !c.plainOnTLS && c.tls == nil {
		return 0
	}
	before := r.Doing("reading client request headers")
	res := Result(497)
	if c.plainOnTLS {
		r.Logf(errlog.Info, "client sent plain HTTP request to HTTPS port")
	} else {
		res = c.w.HTTP.tls.Check(r)
	}
	r.Doing(before)
	return res
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
	if hungUp(err) {
		c.logAddr(errlog.Info, "client %s closed keepalive connection")
	} else {
		c.logRecv(err, "keepalive")
	}
	c.close()
	return false, false
}

// hungUp tells whether a TLS connection ended without a word of TLS about it:
// OpenSSL leaves its error stack empty then, and nginx takes it for an end.
func hungUp(err error) bool {
	var sys *os.SyscallError
	return err == nil || errors.Is(err, io.EOF) || errors.As(err, &sys)
}

// closeNotify says in TLS that nothing more comes. A client that has gone does
// not hear it.
func (c *Conn) closeNotify() {
	if c.tls.conn == nil || c.ev.Failed() {
		return
	}
	c.ev.SetWriteTimeout(time.Second)
	c.tls.conn.CloseWrite()
	c.tls.raw.flush()
}

func (c *Conn) closeTLS() {
	if c.tls != nil && c.failed == nil && !c.timedOut && !c.ev.Closed() {
		c.closeNotify()
	}
}

// LogDoing writes a line of the connection's, outside of a request; doing says
// while what, "" leaves it as it is.
func (c *Conn) LogDoing(level errlog.Level, text, doing string) {
	if !c.log.Enabled(level) {
		return
	}
	before := c.doing
	if doing != "" {
		c.doing = doing
	}
	c.log.Message(level, text)
	c.doing = before
}
