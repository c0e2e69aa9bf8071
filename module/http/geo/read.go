package geo

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/engine/httpd"
)

// reader is a geo while its block is read.
type reader struct {
	c        *directive.Call
	g        *geo
	nets     networks
	ranges   bool
	volatile bool
}

// read is ngx_http_geo_block.
func read(c *directive.Call, _ *conf) error {
	b := httpd.BuilderOf(c)
	g := &geo{}
	names := make([]string, len(c.Args))
	for i, a := range c.Args {
		if !strings.HasPrefix(a, "$") {
			return directive.Errorf("invalid variable name \"%s\"", a)
		}
		names[i] = a[1:]
	}
	if len(names) == 2 {
		g.indirect, g.index = true, b.Var(names[0])
	}
	v := httpd.Variable{Name: names[len(names)-1], Get: g.get, Changeable: true}
	if _, err := b.DefineVar(v); err != nil {
		return directive.Errorf("%s", err)
	}
	rd := &reader{c: c, g: g, nets: networks{}}
	if err := c.Pairs(rd.line); err != nil {
		return err
	}
	if !rd.ranges {
		g.v4, g.v6 = rd.nets.flatten()
	}
	if rd.volatile {
		v.Volatile = true
		if _, err := b.DefineVar(v); err != nil {
			return directive.Errorf("%s", err)
		}
	}
	return nil
}

// line is ngx_http_geo.
func (rd *reader) line(p *syntax.Node) error {
	if len(p.Args) == 0 {
		switch p.Name {
		case "ranges":
			if len(rd.nets) > 0 {
				return directive.Errorf("the \"ranges\" directive must be the first directive inside \"geo\" block")
			}
			rd.ranges = true
			if rd.g.ranges == nil {
				rd.g.ranges = map[uint16][]span{}
			}
			return nil
		case "proxy_recursive":
			rd.g.recursive = true
			return nil
		case "volatile":
			rd.volatile = true
			return nil
		}
	}
	if len(p.Args) != 1 {
		return directive.Errorf("invalid number of the geo parameters")
	}
	key, value := p.Name, p.Args[0]
	if key == "proxy" {
		net, err := rd.network(value, p)
		if err == nil {
			rd.g.proxies = append(rd.g.proxies, net)
		}
		return err
	}
	if rd.ranges {
		return rd.rangeLine(key, value, p)
	}
	return rd.netLine(key, value, p)
}

// warn is a warning about a line of the block.
func (rd *reader) warn(p *syntax.Node, format string, args ...any) {
	at := *rd.c
	at.Node = p
	at.Warn(format, args...)
}
