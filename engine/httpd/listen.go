package httpd

import (
	"net/netip"
	"os"

	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/edge/sys/socket"
)

// ListenOptions are the parameters of listen that concern the protocol.
type ListenOptions struct {
	SSL           bool
	HTTP2         bool
	ProxyProtocol bool
}

// bits tells options apart for the warning of conflicting ones.
func (o ListenOptions) bits() (n int) {
	if o.ProxyProtocol {
		n |= 1
	}
	if o.SSL {
		n |= 2
	}
	if o.HTTP2 {
		n |= 4
	}
	return n
}

// listen is one listening address with the servers behind it.
type listen struct {
	addr    socket.Addr
	opts    ListenOptions
	sock    socket.Options
	set     bool // sock was written
	bind    bool // wants a socket of its own
	servers []*Server
	first   *Server // default_server
	isFirst bool    // by default_server, not by order
	names   *names
	bits    int // of the options that the last listen had
	bitsSet bool
	changed bool
	http2   bool // some server of the address speaks HTTP/2
}

// readListen is ngx_http_core_listen.
func readListen(c *directive.Call, _ *CoreConf) error {
	addrs, err := socket.ParseListen(c.Args[0], 80)
	if err != nil {
		return directive.Errorf("%s in \"%s\" of the \"listen\" directive", err, c.Args[0])
	}
	var l listen
	l.sock = socket.DefaultOptions()
	for _, p := range c.Args[1:] {
		switch p {
		case "default_server", "default":
			l.isFirst = true
			continue
		case "bind":
			l.set, l.bind = true, true
			continue
		case "ssl":
			l.opts.SSL = true
			continue
		case "http2":
			c.Warn("the \"listen ... http2\" directive is deprecated, use the \"http2\" directive instead")
			l.opts.HTTP2 = true
			continue
		case "proxy_protocol":
			l.opts.ProxyProtocol = true
			continue
		case "quic":
			return directive.Errorf("the \"quic\" parameter of \"listen\" is not implemented yet")
		}
		known, notice, err := l.sock.Param(p)
		switch {
		case err != nil:
			return directive.Errorf("%s", err)
		case !known:
			return directive.Errorf("invalid parameter \"%s\"", p)
		case notice != "":
			c.Warn("%s", notice)
			continue
		}
		l.set, l.bind = true, true
	}
	s := ServerOf(c)
	s.listen = true
	for i, a := range addrs {
		if !containsAddr(addrs[:i], a) {
			one := l
			one.addr = a
			if err := BuilderOf(c).addListen(c, s, &one); err != nil {
				return err
			}
		}
	}
	return nil
}

func containsAddr(list []socket.Addr, a socket.Addr) bool {
	for _, o := range list {
		if o == a {
			return true
		}
	}
	return false
}

// defaultListen is what a server without listen has: port 80, or 8000 for
// those who may not have that.
func (b *Builder) defaultListen(c *directive.Call, s *Server) error {
	text := "*:80"
	if os.Geteuid() != 0 {
		text = "*:8000"
	}
	addrs, err := socket.ParseListen(text, 80)
	if err != nil {
		return err
	}
	return b.addListen(c, s, &listen{addr: addrs[0], sock: socket.DefaultOptions()})
}

// addListen is ngx_http_add_addresses.
func (b *Builder) addListen(c *directive.Call, s *Server, l *listen) error {
	for _, have := range b.listens {
		if have.addr != l.addr {
			continue
		}
		for _, other := range have.servers {
			if other == s {
				return directive.Errorf("a duplicate listen %s", l.addr)
			}
		}
		have.servers = append(have.servers, s)
		if l.set {
			if have.set {
				return directive.Errorf("duplicate listen options for %s", l.addr)
			}
		}
		if l.isFirst {
			if have.isFirst {
				return directive.Errorf("a duplicate default server for %s", l.addr)
			}
			have.isFirst, have.first = true, s
		}
		have.mergeProtocols(c, l)
		if l.set {
			have.sock, have.set, have.bind = l.sock, true, l.bind
		}
		return nil
	}
	l.servers, l.first = []*Server{s}, s
	b.listens = append(b.listens, l)
	return nil
}

// mergeProtocols joins the protocol options that several servers give for one
// address, with nginx's warning when they don't agree.
func (l *listen) mergeProtocols(c *directive.Call, n *listen) {
	now, before := n.opts.bits(), l.opts.bits()
	warn := false
	switch {
	case now|before != before: // options added
		warn = l.set && !n.set || l.changed || now|before != now
		l.bits, l.changed = before, true
	case before|now != now: // options removed
		warn = n.set || l.bitsSet && now != l.bits
		l.bits, l.changed = now, true
	default:
		warn = n.set && l.changed || l.bitsSet && now != l.bits
		l.bits = now
	}
	l.bitsSet = true
	if warn {
		c.Warn("protocol options redefined for %s", l.addr)
	}
	l.opts.SSL = l.opts.SSL || n.opts.SSL
	l.opts.HTTP2 = l.opts.HTTP2 || n.opts.HTTP2
	l.opts.ProxyProtocol = l.opts.ProxyProtocol || n.opts.ProxyProtocol
}

// port is one listening socket: the addresses that are told apart by
// getsockname when the socket is bound to the wildcard of the port.
type port struct {
	own    *listen
	others map[netip.Addr]*listen
	sock   *cycle.Listener
}

// Listens calls f with each listening address, what it speaks, and its servers.
func (b *Builder) Listens(f func(a socket.Addr, o ListenOptions, servers []*Server)) {
	for _, l := range b.listens {
		o := l.opts
		o.HTTP2 = l.http2
		f(l.addr, o, l.servers)
	}
}

// buildNames indexes the servers of each address and asks for the sockets
// (ngx_http_optimize_servers, ngx_http_init_listening).
func (b *Builder) buildNames() error {
	for _, l := range b.listens {
		var err error
		if l.names, err = b.newNames(l.servers, l.first, l.addr.String()); err != nil {
			return err
		}
		l.http2 = l.opts.HTTP2
		for _, s := range l.servers {
			l.http2 = l.http2 || s.ground.core.HTTP2.V
		}
	}
	wild := map[string]*port{}
	for _, l := range b.listens {
		if l.addr.Wildcard() {
			p := &port{own: l}
			wild[l.addr.PortKey()] = p
			b.ports = append(b.ports, p)
		}
	}
	for _, l := range b.listens {
		if l.addr.Wildcard() {
			continue
		}
		if p := wild[l.addr.PortKey()]; p != nil && !l.bind && !l.addr.IsUnix() {
			if p.others == nil {
				p.others = map[netip.Addr]*listen{}
			}
			p.others[l.addr.AddrPort().Addr()] = l
			continue
		}
		b.ports = append(b.ports, &port{own: l})
	}
	for _, p := range b.ports {
		sock, err := b.Cycle.Listen(p.own.addr, p.own.sock)
		if err != nil {
			return err
		}
		p.sock = sock
	}
	return nil
}

// names are the servers of the connection's address.
func (c *Conn) names() *names { return c.listen.names }

func (c *Conn) appendListen(b []byte) []byte { return append(b, c.listen.addr.String()...) }
