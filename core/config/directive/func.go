package directive

import (
	"reflect"

	"moongate/core/config/syntax"
)

// FuncSetter leaves all to functions.
type FuncSetter[C any] struct {
	set      func(*Call, *C) error
	inherit  func(parent, child *C)
	defaults func(text string, conf *C) error
	format   func(*C) string
	place    func(*C) (syntax.Pos, bool)
	kind     string
	choices  []string
}

// Func is for blocks and for directives that touch more than one field. conf
// is nil where the level has no object of type C.
func Func[C any](set func(*Call, *C) error) *FuncSetter[C] {
	return &FuncSetter[C]{set: set, kind: "func"}
}

// Inherited says what an unwritten child takes from its parent.
func (s *FuncSetter[C]) Inherited(f func(parent, child *C)) *FuncSetter[C] { s.inherit = f; return s }

// Defaults is called with the row's Default after inheritance.
func (s *FuncSetter[C]) Defaults(f func(text string, conf *C) error) *FuncSetter[C] {
	s.defaults = f
	return s
}

// Text says how the effective value is written.
func (s *FuncSetter[C]) Text(f func(*C) string) *FuncSetter[C] { s.format = f; return s }

// Placed says whether and where the directive was written.
func (s *FuncSetter[C]) Placed(f func(*C) (syntax.Pos, bool)) *FuncSetter[C] { s.place = f; return s }

// Named gives the words for documentation: a kind, and choices if any.
func (s *FuncSetter[C]) Named(kind string, choices ...string) *FuncSetter[C] {
	s.kind, s.choices = kind, choices
	return s
}

func (s *FuncSetter[C]) Set(c *Call, conf any) error {
	object, _ := conf.(*C)
	return s.set(c, object)
}

func (s *FuncSetter[C]) ConfType() reflect.Type { return reflect.TypeFor[C]() }

func (s *FuncSetter[C]) Inherit(parent, child any) {
	if s.inherit != nil {
		s.inherit(parent.(*C), child.(*C))
	}
}

func (s *FuncSetter[C]) ApplyDefault(text string, conf any) error {
	if s.defaults == nil {
		return nil
	}
	return s.defaults(text, conf.(*C))
}

func (s *FuncSetter[C]) Format(conf any) string {
	object, _ := conf.(*C)
	if s.format == nil || object == nil {
		return ""
	}
	return s.format(object)
}

func (s *FuncSetter[C]) Place(conf any) (syntax.Pos, bool) {
	object, _ := conf.(*C)
	if s.place == nil || object == nil {
		return syntax.Pos{}, false
	}
	return s.place(object)
}

func (s *FuncSetter[C]) Kind() string      { return s.kind }
func (s *FuncSetter[C]) Choices() []string { return s.choices }
