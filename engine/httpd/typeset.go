package httpd

import (
	"maps"
	"slices"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/edge/wire/http1"
)

// TypeSet is a set of MIME types, as gzip_types and its kin have it.
type TypeSet struct {
	all   bool
	types map[string]struct{}
}

// TypeSetter is the setter of a set of types (ngx_http_types_slot). The type
// always is in the set whatever is written; the row's Default says what is in it
// when nothing is.
func TypeSetter[C any](get func(*C) *directive.Value[*TypeSet], always string) *directive.FuncSetter[C] {
	set := func(c *directive.Call, conf *C) error {
		v := get(conf)
		if !v.Written {
			s := &TypeSet{types: map[string]struct{}{}}
			if always != "" {
				s.types[always] = struct{}{}
			}
			v.Put(c, s)
		}
		for _, name := range c.Args {
			name = strings.ToLower(name)
			if name == "*" {
				v.V.all = true
			} else if _, twice := v.V.types[name]; twice {
				c.Warn("duplicate MIME type \"%s\"", name)
			} else {
				v.V.types[name] = struct{}{}
			}
		}
		return nil
	}
	defaults := func(text string, c *C) error {
		if v := get(c); !v.Written {
			v.V = NewTypeSet(strings.Fields(text)...)
		}
		return nil
	}
	return directive.Func(set).Defaults(defaults).Inherited(func(p, c *C) { get(c).InheritFrom(get(p)) }).
		Placed(func(c *C) (syntax.Pos, bool) { return get(c).At, get(c).Written }).
		Text(func(c *C) string { return get(c).V.String() }).Named("types")
}

// NewTypeSet is a set of these types.
func NewTypeSet(types ...string) *TypeSet {
	s := &TypeSet{types: map[string]struct{}{}}
	for _, t := range types {
		s.types[t] = struct{}{}
	}
	return s
}

func (s *TypeSet) String() string {
	switch {
	case s == nil:
		return ""
	case s.all:
		return "*"
	}
	return strings.Join(slices.Sorted(maps.Keys(s.types)), " ")
}

// Has tells whether a response is of a type in the set (ngx_http_test_content_type).
func (s *TypeSet) Has(r *Request) bool {
	if s.all {
		return true
	}
	t := r.Out.ContentType
	if i := strings.IndexByte(t, ';'); i >= 0 {
		t = strings.TrimRight(t[:i], " ")
	}
	if t == "" {
		return false
	}
	if _, ok := s.types[t]; ok {
		return true
	}
	if !hasUpper(t) {
		return false
	}
	for name := range s.types {
		if http1.EqualFold(name, t) {
			return true
		}
	}
	return false
}

func hasUpper(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			return true
		}
	}
	return false
}
