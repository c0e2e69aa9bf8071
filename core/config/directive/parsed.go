package directive

// ParsedSetter sets a field of any type.
type ParsedSetter[C, T any] struct{ slot[C, T] }

// Parsed is for a field with a grammar of its own: duplicates, inheritance
// and placing are as for the others. Without Text the effective dump is empty.
func Parsed[C, T any](get func(*C) *Value[T], parse func(*Call) (T, error)) *ParsedSetter[C, T] {
	return &ParsedSetter[C, T]{slot[C, T]{get: get, parse: parse, format: func(T) string { return "" }, kind: "parsed"}}
}

// Text says how the value is written.
func (s *ParsedSetter[C, T]) Text(format func(T) string) *ParsedSetter[C, T] {
	s.format = format
	return s
}

// Named gives the words for documentation: a kind, and choices if any.
func (s *ParsedSetter[C, T]) Named(kind string, choices ...string) *ParsedSetter[C, T] {
	s.kind, s.choices = kind, choices
	return s
}

// Then runs after the value was stored.
func (s *ParsedSetter[C, T]) Then(f func(*Call, *C) error) *ParsedSetter[C, T] { s.then = f; return s }
