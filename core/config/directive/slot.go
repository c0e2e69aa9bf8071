package directive

import (
	"reflect"
	"strings"

	"moongate/core/config/syntax"
)

// slot is the part all setters of a single field share. It is nginx's
// ngx_conf_set_*_slot family with the way back (format) added.
type slot[C, T any] struct {
	get     func(*C) *Value[T]
	parse   func(c *Call) (T, error)
	format  func(T) string
	kind    string
	choices []string
	repeat  bool // a second directive adds instead of being a duplicate
	then    func(*Call, *C) error
}

func (s *slot[C, T]) Set(c *Call, conf any) error {
	object := conf.(*C)
	v := s.get(object)
	if v.Written && !s.repeat {
		return Duplicate
	}
	x, err := s.parse(c)
	if err != nil {
		return err
	}
	v.Put(c, x)
	if s.then != nil {
		return s.then(c, object)
	}
	return nil
}

func (s *slot[C, T]) ConfType() reflect.Type { return reflect.TypeFor[C]() }

func (s *slot[C, T]) Inherit(parent, child any) {
	s.get(child.(*C)).InheritFrom(s.get(parent.(*C)))
}

func (s *slot[C, T]) ApplyDefault(text string, conf any) error {
	v := s.get(conf.(*C))
	if v.Written || text == "" {
		return nil
	}
	x, err := s.parse(&Call{Args: syntax.Words(text)})
	if err != nil {
		return err
	}
	v.V = x
	return nil
}

func (s *slot[C, T]) Format(conf any) string { return s.format(s.get(conf.(*C)).V) }
func (s *slot[C, T]) Kind() string           { return s.kind }
func (s *slot[C, T]) Choices() []string      { return s.choices }

func (s *slot[C, T]) Place(conf any) (syntax.Pos, bool) {
	v := s.get(conf.(*C))
	return v.At, v.Written
}

// first is the argument of a directive that takes one.
func first(c *Call) string {
	if len(c.Args) == 0 {
		return ""
	}
	return c.Args[0]
}

func quoteAll(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = syntax.Quote(w)
	}
	return strings.Join(quoted, " ")
}
