package httpd

import (
	"fmt"
	"slices"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

// Server is a virtual server.
type Server struct {
	http   *Builder
	ground *Location // its settings outside of any location
	named  map[string]*Location
	Name   string // the first server_name, $server_name
	names  []serverName
	Pos    syntax.Pos
	listen bool
	TLS    any // what the ssl module made of the server's certificates
}

type serverName struct {
	name string
	re   *Regex
}

// HTTP is the configuration the server belongs to.
func (s *Server) HTTP() *Builder { return s.http }

// Ground is the server's own level, outside of any location.
func (s *Server) Ground() *Location { return s.ground }

// EachName calls f with each server_name: in lower case, or with its pattern.
func (s *Server) EachName(f func(name string, re *Regex)) {
	for i := range s.names {
		f(s.names[i].name, s.names[i].re)
	}
}

// Servers are the virtual servers in the order they were written.
func (b *Builder) Servers() []*Server { return b.servers }

// readServer is ngx_http_core_server.
func readServer(c *directive.Call, _ *CoreConf) error {
	b := BuilderOf(c)
	s := &Server{http: b, Pos: c.Node.Pos}
	s.ground = b.newLocation(LocGround, "", s, nil)
	b.servers = append(b.servers, s)
	if err := c.Walk(c.Node.Body, directive.Server, &scope{b: b, srv: s, loc: s.ground}); err != nil {
		return err
	}
	if !s.listen {
		return b.defaultListen(c, s)
	}
	return nil
}

// readServerName is ngx_http_core_server_name.
func readServerName(c *directive.Call, _ *CoreConf) error {
	s := ServerOf(c)
	for _, n := range c.Args {
		if n != "" && n[0] == '*' && (len(n) < 3 || n[1] != '.') || n == "." {
			return directive.Errorf("server name \"%s\" is invalid", n)
		}
		if strings.Contains(n, "/") {
			c.Warn("server name \"%s\" has suspicious symbols", n)
		}
		if strings.EqualFold(n, "$hostname") {
			n = hostname()
		}
		sn := serverName{name: strings.ToLower(n)}
		if strings.HasPrefix(n, "~") {
			if n == "~" {
				return directive.Errorf("empty regex in server name \"%s\"", n)
			}
			// Hosts are in lower case: a pattern with capitals means any case.
			re, err := BuilderOf(c).Regex(n[1:], strings.ToLower(n) != n)
			if err != nil {
				return directive.Errorf("%s", err)
			}
			sn = serverName{name: n, re: re}
		}
		if len(s.names) == 0 {
			s.Name = sn.name
			if sn.re == nil {
				s.Name = strings.TrimPrefix(sn.name, ".")
			}
		}
		s.names = append(s.names, sn)
	}
	return nil
}

// names finds a virtual server by host name: exact, then the longest wildcard
// at the front, then at the end, then the first regex that matches.
type names struct {
	exact map[string]*Server
	head  map[string]*Server // ".example.com" -> *.example.com
	tail  map[string]*Server // "www.example." -> www.example.*
	re    []regexServer
	first *Server // the default server
	only  bool    // no other than the default
}

type regexServer struct {
	re  *Regex
	srv *Server
}

func (n *names) find(r *Request, host string) *Server {
	if n.only {
		return n.first
	}
	if s := n.named(host); s != nil {
		return s
	}
	for i := range n.re {
		if r != nil && r.Match(n.re[i].re, host) {
			return n.re[i].srv
		}
	}
	return n.first
}

// named is the server that has the name or a wildcard for it, nil when none.
func (n *names) named(host string) *Server {
	if s := n.exact[host]; s != nil {
		return s
	}
	for i := 0; len(n.head) > 0 && i < len(host); i++ {
		if host[i] == '.' {
			if s := n.head[host[i:]]; s != nil {
				return s
			}
		}
	}
	for i := len(host) - 1; len(n.tail) > 0 && i > 0; i-- {
		if host[i] == '.' {
			if s := n.tail[host[:i+1]]; s != nil {
				return s
			}
		}
	}
	return nil
}

// newNames indexes the servers of one listening address.
func (b *Builder) newNames(servers []*Server, first *Server, addr string) (*names, error) {
	n := &names{exact: map[string]*Server{}, head: map[string]*Server{}, tail: map[string]*Server{}, first: first}
	// Like nginx, a server that is alone keeps its names unchecked.
	n.only = len(servers) == 1 && !slices.ContainsFunc(first.names, func(sn serverName) bool { return sn.re != nil })
	if n.only {
		return n, nil
	}
	put := func(m map[string]*Server, key, name string, s *Server) bool {
		if m[key] != nil {
			b.warn("conflicting server name \"%s\" on %s, ignored", name, addr)
			return false
		}
		m[key] = s
		return true
	}
	for _, s := range servers {
		for _, sn := range s.names {
			name := sn.name
			if sn.re == nil && !validName(name) {
				return nil, fmt.Errorf("invalid server name or wildcard \"%s\" on %s", name, addr)
			}
			switch {
			case sn.re != nil:
				n.re = append(n.re, regexServer{sn.re, s})
			case strings.HasPrefix(name, "*."):
				put(n.head, name[1:], name, s)
			case strings.HasPrefix(name, "."):
				if put(n.exact, name[1:], name, s) {
					put(n.head, name, name, s)
				}
			case strings.HasSuffix(name, ".*"):
				put(n.tail, name[:len(name)-1], name, s)
			default:
				put(n.exact, name, name, s)
			}
		}
		if len(s.names) == 0 {
			put(n.exact, "", "", s)
		}
	}
	return n, nil
}

// validName is what ngx_hash_add_key takes: one "*" at most, as the first label
// or the last, and no empty label.
func validName(name string) bool {
	if strings.Contains(name, "..") || strings.IndexByte(name, 0) >= 0 {
		return false
	}
	switch strings.Count(name, "*") {
	case 0:
		return true
	case 1:
		return strings.HasPrefix(name, "*.") && len(name) > 2 || strings.HasSuffix(name, ".*") && len(name) > 2
	}
	return false
}

// pickServer sets the request's virtual server by its Host
// (ngx_http_set_virtual_server).
func (r *Request) pickServer() bool {
	if r.chooseServer() {
		return true
	}
	r.answer(421)
	return false
}

// chooseServer is pickServer that leaves the answer 421 to its caller.
func (r *Request) chooseServer() bool {
	c := r.Conn
	if r.Server == nil {
		// A pattern's named groups are variables: they need their places.
		r.Server = c.server
		r.Server.http.grow(r)
	}
	var s *Server
	misdirected := false
	if c.tls != nil && c.tls.name != "" {
		s, misdirected = r.negotiated()
	} else {
		s = c.names().find(r, r.Host)
	}
	r.Server = s
	r.setLocation(s.ground)
	return !misdirected
}

// grow makes room for the variables of this configuration.
func (b *Builder) grow(r *Request) {
	n := len(b.vars.indexed)
	if cap(r.vars) < n {
		r.vars = make([]varSlot, n)
	}
	r.vars = r.vars[:n]
}

// serverCore is the settings of the virtual server so far known.
func (r *Request) serverCore() *CoreConf {
	if r.Server != nil {
		return r.Server.ground.core
	}
	return r.Conn.server.ground.core
}
