package httpd

import (
	"reflect"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/engine/upstream"
)

// Engine is HTTP with a list of modules: what assembly hands to the cycle.
type Engine struct {
	modules []*Module
	rows    []config.Row
}

// New makes the engine of these modules, in running order; the core module
// comes first by itself.
func New(modules ...*Module) *Engine {
	e := &Engine{modules: append([]*Module{coreModule, http2Module}, modules...)}
	for i, m := range e.modules {
		if m.index != i { // else a worker may be reading it: tests make engines beside one that runs
			m.index = i
		}
		for _, d := range m.Directives {
			e.rows = append(e.rows, config.Row{Directive: d, Owner: m})
		}
	}
	return e
}

// Builder is an http{} block while it is being read, and afterwards the
// configuration that its servers share.
type Builder struct {
	Cycle     *cycle.Builder
	Upstreams *upstream.Set

	engine  *Engine
	modules []*Module
	main    []any // by Module.index
	ground  *Location
	servers []*Server
	vars    *variables
	listens []*listen
	ports   []*port
	tls     TLSPolicy

	handshakes   HandshakeCode
	certificates CertificateSource
	language     Language
	peers        PeerCode
}

// scope is a level of http{}: where directives put what they say.
type scope struct {
	b   *Builder
	srv *Server
	loc *Location
}

// Conf implements directive.Scope.
func (s *scope) Conf(owner any, t reflect.Type) any {
	m, ok := owner.(*Module)
	if !ok {
		return nil
	}
	if c := s.b.main[m.index]; c != nil && reflect.TypeOf(c).Elem() == t {
		return c
	}
	if c := s.loc.conf[m.index]; c != nil && reflect.TypeOf(c).Elem() == t {
		return c
	}
	return nil
}

// BuilderOf is the http{} that a directive is being read in.
func BuilderOf(c *directive.Call) *Builder { return c.Scope.(*scope).b }

// LocationOf is the location (or the ground of a server, or of http{}) that a
// directive is being read in.
func LocationOf(c *directive.Call) *Location { return c.Scope.(*scope).loc }

// ServerOf is the server{} that a directive is being read in, nil in http{}.
func ServerOf(c *directive.Call) *Server { return c.Scope.(*scope).srv }

// newLocation makes the confs of a level.
func (b *Builder) newLocation(kind LocationKind, name string, srv *Server, parent *Location) *Location {
	l := &Location{Name: name, Kind: kind, server: srv, parent: parent, conf: make([]any, len(b.modules))}
	for i, m := range b.modules {
		if m.NewConf != nil {
			l.conf[i] = m.NewConf()
		}
	}
	l.core = l.conf[coreModule.index].(*CoreConf)
	return l
}

// WalkIn reads the body of a block inside this location as another location
// of the given kind: `if`, `limit_except` and location{} itself.
func (b *Builder) WalkIn(c *directive.Call, l *Location, in directive.Context) error {
	return c.Walk(c.Node.Body, in, &scope{b: b, srv: l.server, loc: l})
}

// NewSub makes an if{} or limit_except{} pseudo location under the one c is in.
func (b *Builder) NewSub(c *directive.Call, kind LocationKind) *Location {
	at := LocationOf(c)
	l := b.newLocation(kind, at.Name, at.server, at)
	l.Pos = c.Node.Pos
	at.subs = append(at.subs, l)
	return l
}

// warn logs a warning that belongs to no single directive.
func (b *Builder) warn(format string, args ...any) {
	if !b.Cycle.Child() {
		b.Cycle.Log.Warn(nil, format, args...)
	}
}

// Locations calls f for every location of every server, grounds and if blocks
// included.
func (b *Builder) Locations(f func(*Location)) {
	var walk func(*Location)
	walk = func(l *Location) {
		f(l)
		for _, s := range l.subs {
			walk(s)
		}
	}
	for _, s := range b.servers {
		walk(s.ground)
	}
}

// readHTTP is the setter of http{}.
func (e *Engine) readHTTP(c *directive.Call, cb *cycle.Builder) (*Builder, error) {
	b := &Builder{Cycle: cb, engine: e, modules: e.modules, Upstreams: upstream.NewSet(),
		vars: &variables{byName: map[string]*varDef{}}}
	b.main = make([]any, len(e.modules))
	for i, m := range e.modules {
		if m.NewMain != nil {
			b.main[i] = m.NewMain()
		}
		for _, v := range m.Variables {
			b.addBuiltin(v)
		}
	}
	b.ground = b.newLocation(LocGround, "", nil, nil)
	if err := c.Walk(c.Node.Body, directive.HTTP, &scope{b: b, loc: b.ground}); err != nil {
		return nil, err
	}
	return b, b.finish()
}

// finish merges levels, builds location trees and phase chains.
func (b *Builder) finish() error {
	for i, m := range b.modules {
		if m.InitMain != nil {
			if err := m.InitMain(b, b.main[i]); err != nil {
				return err
			}
		}
	}
	for i, m := range b.modules {
		if m.NewMain != nil {
			for _, d := range m.Directives {
				if d.Default != "" && d.Set.ConfType() == reflect.TypeOf(b.main[i]).Elem() {
					if err := d.Set.ApplyDefault(d.Default, b.main[i]); err != nil {
						return err
					}
				}
			}
		}
		if m.NewConf == nil {
			continue
		}
		if err := b.mergeModule(m); err != nil {
			return err
		}
	}
	for _, s := range b.servers {
		if err := s.buildLocations(s.ground); err != nil {
			return err
		}
	}
	if err := b.buildNames(); err != nil {
		return err
	}
	for _, m := range b.modules {
		if m.Init != nil {
			if err := m.Init(b); err != nil {
				return err
			}
		}
	}
	if err := b.checkVars(); err != nil {
		return err
	}
	b.Locations(b.buildChain)
	return nil
}

// mergeModule brings settings down from http{} to each location.
func (b *Builder) mergeModule(m *Module) error {
	t := reflect.TypeOf(b.ground.conf[m.index]).Elem()
	var rows []directive.Setter
	seen := map[string]bool{}
	for _, d := range m.Directives {
		if d.Set == nil || d.Set.ConfType() != t || seen[d.Name] {
			continue
		}
		seen[d.Name] = true
		if d.Default != "" {
			if err := d.Set.ApplyDefault(d.Default, b.ground.conf[m.index]); err != nil {
				return err
			}
		}
		rows = append(rows, d.Set)
	}
	if m.Merge != nil {
		if err := m.Merge(b, nil, b.ground.conf[m.index]); err != nil {
			return err
		}
	}
	var down func(parent, l *Location) error
	down = func(parent, l *Location) error {
		for _, s := range rows {
			s.Inherit(parent.conf[m.index], l.conf[m.index])
		}
		if m.Merge != nil {
			if err := m.Merge(b, parent.conf[m.index], l.conf[m.index]); err != nil {
				return err
			}
		}
		for _, sub := range l.subs {
			if err := down(l, sub); err != nil {
				return err
			}
		}
		return nil
	}
	for _, s := range b.servers {
		if err := down(b.ground, s.ground); err != nil {
			return err
		}
	}
	return nil
}
