package charset

import (
	"strconv"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/edge/wire/http1"
)

// table is one charset_map. Between single bytes to and from are used; with UTF-8
// as the second charset long and short.
type table struct {
	src, dst int
	utf8     bool
	to, from [256]byte
	long     [256]string   // UTF-8 of a byte
	short    map[rune]byte // and back
}

// readMap is ngx_http_charset_map_block.
func readMap(c *directive.Call, m *mainConf) error {
	from, to := c.Args[0], c.Args[1]
	t := &table{src: m.add(from), dst: m.add(to), utf8: http1.EqualFold(to, "utf-8")}
	switch known, _ := m.between(t.src, t.dst); {
	case t.src == t.dst:
		return directive.Errorf("\"charset_map\" between the same charsets \"%s\" and \"%s\"", from, to)
	case http1.EqualFold(from, "utf-8"):
		return directive.Errorf("\"charset_map\" with \"utf-8\" charset should be given in the second column")
	case known != nil:
		return directive.Errorf("duplicate \"charset_map\" between \"%s\" and \"%s\"", from, to)
	}
	t.reset()
	m.maps = append(m.maps, t)
	return c.PairsNoInclude(func(p *syntax.Node) error { return t.pair(p) })
}

// reset makes a map in which ASCII is itself, and nothing else is known.
func (t *table) reset() {
	t.short = map[rune]byte{}
	for i := range 256 {
		b := byte(i)
		if i >= 128 {
			b = '?'
		}
		t.to[i], t.from[i], t.long[i] = b, b, string(rune(b))
	}
}

// pair is a line of the map (ngx_http_charset_map).
func (t *table) pair(p *syntax.Node) error {
	if len(p.Args) != 1 {
		return directive.Errorf("invalid parameters number")
	}
	src, err := strconv.ParseUint(p.Name, 16, 8)
	if err != nil {
		return directive.Errorf("invalid value \"%s\"", p.Name)
	}
	text := p.Args[0]
	if !t.utf8 {
		dst, err := strconv.ParseUint(text, 16, 8)
		if err != nil {
			return directive.Errorf("invalid value \"%s\"", text)
		}
		t.to[src], t.from[dst] = byte(dst), byte(src)
		return nil
	}
	raw, ok := unhex(text)
	r, size := decode(raw)
	if !ok || size <= 0 || r < 0x80 || r > 0xffff { // ASCII is itself: nginx takes no line for it
		return directive.Errorf("invalid value \"%s\"", text)
	}
	t.long[src] = string(raw)
	t.short[r] = byte(src)
	return nil
}

// unhex reads up to three bytes written in hexadecimal.
func unhex(text string) ([]byte, bool) {
	var raw []byte
	for len(text) >= 2 {
		b, err := strconv.ParseUint(text[:2], 16, 8)
		if err != nil {
			return nil, false
		}
		raw, text = append(raw, byte(b)), text[2:]
	}
	return raw, text == "" && len(raw) > 0 && len(raw) <= 3
}

// decode reads one character of UTF-8: its size is 0 when bytes are missing, and
// negative, with how many to skip, when there is none (ngx_utf8_decode).
func decode(p []byte) (r rune, size int) {
	if p == nil {
		return 0, 0
	}
	c := p[0]
	var least rune
	n := 0
	switch {
	case c < 0x80:
		return rune(c), 1
	case c >= 0xf8 || c < 0xc2:
		return 0, -1
	case c >= 0xf0:
		r, least, n = rune(c&7), 0xffff, 3
	case c >= 0xe0:
		r, least, n = rune(c&15), 0x7ff, 2
	default:
		r, least, n = rune(c&31), 0x7f, 1
	}
	for i := 1; i <= n; i++ {
		if i == len(p) {
			return 0, 0
		}
		if p[i]&0xc0 != 0x80 {
			return 0, -i
		}
		r = r<<6 | rune(p[i]&0x3f)
	}
	if r <= least || r > 0x10ffff {
		return 0, -n - 1
	}
	return r, n + 1
}

// recoder changes the bytes of one response.
type recoder struct {
	t    *table
	back bool
	rest []byte // of a character that is not complete
	out  []byte
}

// run gives p in the other charset; the result is good until the next run.
func (rc *recoder) run(p []byte, last bool) []byte {
	rc.out = rc.out[:0]
	switch t := rc.t; {
	case t.utf8 && rc.back:
		rc.shorten(p, last)
	case t.utf8:
		for _, c := range p {
			rc.out = append(rc.out, t.long[c]...)
		}
	default:
		m := &t.to
		if rc.back {
			m = &t.from
		}
		for _, c := range p {
			rc.out = append(rc.out, m[c])
		}
	}
	return rc.out
}

// shorten recodes from UTF-8.
func (rc *recoder) shorten(p []byte, last bool) {
	if len(rc.rest) > 0 {
		p = append(rc.rest, p...)
		rc.rest = nil
	}
	for len(p) > 0 {
		if p[0] < 0x80 {
			rc.out = append(rc.out, p[0])
			p = p[1:]
			continue
		}
		r, size := decode(p)
		switch {
		case size == 0 && !last:
			rc.rest = append([]byte(nil), p...)
			return
		case size == 0:
			rc.out = append(rc.out, '?')
			return
		case size < 0:
			rc.out = append(rc.out, '?')
			p = p[-size:]
			continue
		}
		if b, ok := rc.t.short[r]; ok && b != 0 {
			rc.out = append(rc.out, b)
		} else {
			rc.out = append(rc.out, "&#"...)
			rc.out = strconv.AppendInt(rc.out, int64(r), 10)
			rc.out = append(rc.out, ';')
		}
		p = p[size:]
	}
}
