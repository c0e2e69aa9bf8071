package httpd

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// ChooseServer makes the server of a name from the handshake (SNI) that of the
// connection (ngx_http_ssl_servername). A name nobody has leaves the default.
func (c *Conn) ChooseServer(name string) *Server {
	if name == "" {
		return c.server
	}
	host, _, ok := http1.ParseHost(name, nil)
	if !ok {
		return c.server
	}
	s, re := c.listen.names.lookup(host)
	if s == nil {
		return c.server
	}
	c.server = s
	c.tls.name, c.tls.nameRegex = host, re
	c.log.SetChain(s.ground.core.Log)
	return s
}

// lookup is find without a request: nil when no server has the name. The
// regex that matched must run again for the request, for its captures.
func (n *names) lookup(host string) (*Server, *Regex) {
	if n.only {
		return nil, nil
	}
	if s := n.named(host); s != nil {
		return s, nil
	}
	for i := range n.re {
		if x, err := n.re[i].re.re.Exec(host, make([]int32, 2*(n.re[i].re.re.Captures()+1))); err == nil && x > 0 {
			return n.re[i].srv, n.re[i].re
		}
	}
	return nil, nil
}

// negotiated picks the server of a request on a connection that named one in
// its handshake (the TLS part of ngx_http_set_virtual_server). A server that
// looks at client certificates is not served under another name than the one
// the certificate was checked for.
func (r *Request) negotiated() (s *Server, misdirected bool) {
	c := r.Conn
	if c.tls.name == r.Host {
		if c.tls.nameRegex != nil {
			r.Match(c.tls.nameRegex, r.Host)
		}
		return c.server, false
	}
	s = c.names().find(r, r.Host)
	if c.w.HTTP.tls.VerifiesClients(s) {
		r.Logf(errlog.Info, "client attempted to request the server name different from the one that was negotiated")
		return c.server, true
	}
	return s, false
}

// WithRequest calls f with a request that has no client: for values with
// variables that are needed in a handshake (ngx_http_ssl_certificate).
func (c *Conn) WithRequest(s *Server, f func(r *Request)) {
	r := requestPool.Get().(*Request)
	r.reset()
	r.Conn, r.stream, r.Server = c, c, s
	r.setLocation(s.ground)
	s.http.grow(r)
	before := c.req
	c.req = r
	f(r)
	c.req = before
	r.free()
}
