package charset

import (
	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// mainConf is what there is once: the charsets that somebody has named, and the
// maps between them.
type mainConf struct {
	charsets []string
	maps     []*table
	wanted   [][2]int // source and destination of some level
}

// conf is what a level says.
type conf struct {
	charset  directive.Value[choice]
	source   directive.Value[choice]
	override directive.Value[bool]
	types    directive.Value[*httpd.TypeSet]
	active   bool
}

// choice is a charset by its number, or by a variable; the zero value is off.
type choice struct {
	on       bool
	index    int
	variable bool
	value    httpd.VarIndex
}

// none is the number of a charset that the configuration does not name.
const none = -1

// add gives the number of a charset, a new one if need be.
func (m *mainConf) add(name string) int {
	if i := m.find(name); i != none {
		return i
	}
	m.charsets = append(m.charsets, name)
	return len(m.charsets) - 1
}

func (m *mainConf) find(name string) int {
	for i, c := range m.charsets {
		if http1.EqualFold(c, name) {
			return i
		}
	}
	return none
}

// between is the map that leads from one charset to another.
func (m *mainConf) between(src, dst int) (t *table, back bool) {
	for _, t := range m.maps {
		switch {
		case t.src == src && t.dst == dst:
			return t, false
		case t.src == dst && t.dst == src:
			return t, true
		}
	}
	return nil, false
}

// parseCharset is ngx_http_set_charset_slot.
func parseCharset(c *directive.Call) (choice, error) {
	name := c.Args[0]
	b := httpd.BuilderOf(c)
	switch {
	case c.Name == "charset" && name == "off":
		return choice{}, nil
	case name != "" && name[0] == '$':
		return choice{on: true, variable: true, value: b.Var(name[1:])}, nil
	}
	return choice{on: true, index: httpd.MainConf[mainConf](b, Module).add(name)}, nil
}

// merge notes which maps are needed (ngx_http_charset_merge_loc_conf).
func merge(b *httpd.Builder, _, child any) error {
	c, m := child.(*conf), httpd.MainConf[mainConf](b, Module)
	// Subrequests are recoded to what their main request has, wherever they are.
	c.active = len(m.charsets) > 0 || c.charset.V.on
	src, dst := c.source.V, c.charset.V
	if src.on && dst.on && !src.variable && !dst.variable && src.index != dst.index {
		m.wanted = append(m.wanted, [2]int{src.index, dst.index})
	}
	return nil
}

// checkMaps is ngx_http_charset_postconfiguration.
func checkMaps(b *httpd.Builder) error {
	m := httpd.MainConf[mainConf](b, Module)
	for _, w := range m.wanted {
		if t, _ := m.between(w[0], w[1]); t == nil {
			return directive.Unplaced("no \"charset_map\" between the charsets \"%s\" and \"%s\"", m.charsets[w[0]], m.charsets[w[1]])
		}
	}
	return nil
}
