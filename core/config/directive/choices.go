package directive

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// choice words, in the order of their values: maps have none of their own.
func choiceWords[T integer](choices map[string]T) []string {
	return slices.SortedFunc(maps.Keys(choices), func(a, b string) int {
		return cmp.Or(cmp.Compare(choices[a], choices[b]), cmp.Compare(a, b))
	})
}

// choose finds a word without regard to case, as ngx_strcasecmp.
func choose[T integer](choices map[string]T, word string) (T, bool) {
	if x, ok := choices[word]; ok {
		return x, true
	}
	for name, x := range choices {
		if strings.EqualFold(name, word) {
			return x, true
		}
	}
	var none T
	return none, false
}

// EnumSetter sets one of some named values.
type EnumSetter[C any, T integer] struct{ slot[C, T] }

// Enum is ngx_conf_set_enum_slot.
func Enum[C any, T integer](get func(*C) *Value[T], choices map[string]T) *EnumSetter[C, T] {
	words := choiceWords(choices)
	parse := func(c *Call) (T, error) {
		x, ok := choose(choices, first(c))
		if !ok {
			return x, Errorf(`invalid value "%s"`, first(c))
		}
		return x, nil
	}
	format := func(x T) string {
		for _, word := range words {
			if choices[word] == x {
				return word
			}
		}
		return ""
	}
	return &EnumSetter[C, T]{slot[C, T]{get: get, parse: parse, format: format, kind: "enum", choices: words}}
}

// Then runs after the value was stored.
func (s *EnumSetter[C, T]) Then(f func(*Call, *C) error) *EnumSetter[C, T] { s.then = f; return s }

// BitsSetter sets a union of named bits.
type BitsSetter[C any, T integer] struct {
	slot[C, T]
	names map[string]T
}

// Bits is ngx_conf_set_bitmask_slot: repeated directives add up.
func Bits[C any, T integer](get func(*C) *Value[T], names map[string]T) *BitsSetter[C, T] {
	words := choiceWords(names)
	format := func(x T) string {
		var set []string
		for _, word := range words {
			if bit := names[word]; bit != 0 && x&bit == bit {
				set = append(set, word)
			}
		}
		return strings.Join(set, " ")
	}
	s := &BitsSetter[C, T]{slot[C, T]{get: get, format: format, kind: "bits", choices: words, repeat: true}, names}
	s.parse = func(c *Call) (T, error) { return s.union(c, 0) }
	return s
}

func (s *BitsSetter[C, T]) union(c *Call, sum T) (T, error) {
	for _, word := range c.Args {
		bit, ok := choose(s.names, word)
		if !ok {
			return sum, Errorf(`invalid value "%s"`, word)
		}
		if sum&bit != 0 {
			c.Warn(`duplicate value "%s"`, word)
			continue
		}
		sum |= bit
	}
	return sum, nil
}

// Set adds to the bits the level already has.
func (s *BitsSetter[C, T]) Set(c *Call, conf any) error {
	object := conf.(*C)
	v := s.get(object)
	var sum T
	if v.Written {
		sum = v.V
	}
	sum, err := s.union(c, sum)
	if err != nil {
		return err
	}
	v.Put(c, sum)
	if s.then != nil {
		return s.then(c, object)
	}
	return nil
}

// Then runs after the bits were stored.
func (s *BitsSetter[C, T]) Then(f func(*Call, *C) error) *BitsSetter[C, T] { s.then = f; return s }
