package headers

import (
	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// conf is what the module keeps at each level.
type conf struct {
	expires      directive.Value[expiry]
	headers      []line
	trailers     []line
	headersFrom  directive.Value[inheritance]
	trailersFrom directive.Value[inheritance]
}

func (c *conf) used() bool {
	return c.expires.V.kind != expiresOff || c.headers != nil || c.trailers != nil
}

// line is one add_header or add_trailer.
type line struct {
	name   string
	value  *httpd.Value
	always bool
	kind   lineKind
}

type lineKind uint8

const (
	plain        lineKind = iota
	lastModified          // replaces the file's
	replaced              // ETag: one of its kind
)

type inheritance uint8

const (
	inheritOn inheritance = iota // unless this level has some of its own
	inheritOff
	inheritMerge
)

var inheritances = map[string]inheritance{"on": inheritOn, "off": inheritOff, "merge": inheritMerge}

// add is ngx_http_headers_add.
func add(c *directive.Call, list *[]line) error {
	l := line{name: c.Args[0]}
	if c.Name == "add_header" {
		switch {
		case http1.EqualFold(l.name, "Last-Modified"):
			l.kind = lastModified
		case http1.EqualFold(l.name, "ETag"):
			l.kind = replaced
		}
	}
	var err error
	if l.value, err = httpd.CompileArg(c, c.Args[1]); err != nil {
		return err
	}
	if len(c.Args) == 3 {
		if c.Args[2] != "always" {
			return directive.Errorf("invalid parameter \"%s\"", c.Args[2])
		}
		l.always = true
	}
	*list = append(*list, l)
	return nil
}

func merge(_ *httpd.Builder, parent, child any) error {
	if parent == nil {
		return nil
	}
	p, c := parent.(*conf), child.(*conf)
	c.headers = inherit(p.headers, c.headers, c.headersFrom.V)
	c.trailers = inherit(p.trailers, c.trailers, c.trailersFrom.V)
	return nil
}

func inherit(parent, child []line, how inheritance) []line {
	switch {
	case how == inheritOff || parent == nil:
		return child
	case child == nil:
		return parent
	case how == inheritMerge:
		return append(child, parent...)
	}
	return child
}
