package geo

import (
	"encoding/binary"
	"slices"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/edge/sys/host"
)

// span is a range of addresses within one /16, by their low 16 bits. Ranges are
// cut at /16 borders, as nginx does, so that a look-up scans few.
type span struct {
	start, end uint16
	value      string
}

// rangeLine is ngx_http_geo_range.
func (rd *reader) rangeLine(key, value string, p *syntax.Node) error {
	g := rd.g
	text, del := key, false
	switch key {
	case "default":
		if g.hasDefault {
			rd.warn(p, "duplicate default geo range value: \"%s\", old value: \"%s\"", value, g.fallback)
		}
		g.fallback, g.hasDefault = value, true
		return nil
	case "delete":
		text, del = value, true
	}
	first, last, ok := parseRange(text)
	if !ok {
		return directive.Errorf("invalid range \"%s\"", text)
	}
	missing := false
	for n := uint64(first); n <= uint64(last); n = (n + 0x10000) &^ 0xffff {
		block := uint16(n >> 16)
		s, e := uint16(n), uint16(0xffff)
		if n|0xffff > uint64(last) {
			e = uint16(last)
		}
		if del {
			missing = !g.remove(block, s, e) || missing
			continue
		}
		if err := rd.insert(block, span{s, e, value}, text, p); err != nil {
			return err
		}
	}
	if missing {
		rd.warn(p, "no address range \"%s\" to delete", text)
	}
	return nil
}

func parseRange(text string) (first, last uint32, ok bool) {
	a, b, found := strings.Cut(text, "-")
	if !found {
		return 0, 0, false
	}
	first, ok1 := parse4(a)
	last, ok2 := parse4(b)
	return first, last, ok1 && ok2 && first <= last
}

func parse4(s string) (uint32, bool) {
	a, ok := host.ParseIPv4(s)
	if !ok {
		return 0, false
	}
	b := a.As4()
	return binary.BigEndian.Uint32(b[:]), true
}

func (g *geo) remove(block, s, e uint16) bool {
	list := g.ranges[block]
	for i := range list {
		if list[i].start == s && list[i].end == e {
			g.ranges[block] = slices.Delete(list, i, i+1)
			return true
		}
	}
	return false
}

// insert is ngx_http_geo_add_range for one /16: a range may stand inside
// another, which is then split, but not across its border.
func (rd *reader) insert(block uint16, n span, text string, p *syntax.Node) error {
	list := rd.g.ranges[block]
	at := 0
	for i := len(list) - 1; i >= 0; i-- {
		old := list[i]
		if n.end < old.start {
			continue
		}
		if n.start > old.end {
			at = i + 1
			break
		}
		switch {
		case n.start == old.start && n.end == old.end:
			rd.warn(p, "duplicate range \"%s\", value: \"%s\", old value: \"%s\"", text, n.value, old.value)
			list[i].value = n.value
			return nil
		case n.start < old.start || n.end > old.end:
			return directive.Errorf("range \"%s\" overlaps \"%d.%d.%d.%d-%d.%d.%d.%d\"", text,
				block>>8, block&0xff, old.start>>8, old.start&0xff, block>>8, block&0xff, old.end>>8, old.end&0xff)
		}
		var parts []span
		if n.start > old.start {
			parts = append(parts, span{old.start, n.start - 1, old.value})
		}
		parts = append(parts, n)
		if n.end < old.end {
			parts = append(parts, span{n.end + 1, old.end, old.value})
		}
		rd.g.ranges[block] = slices.Replace(list, i, i+1, parts...)
		return nil
	}
	rd.g.ranges[block] = slices.Insert(list, at, n)
	return nil
}
