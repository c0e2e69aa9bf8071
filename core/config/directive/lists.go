package directive

// ListSetter sets a list that repeated directives extend.
type ListSetter[C, T any] struct{ slot[C, []T] }

// StrList is ngx_conf_set_str_array_slot; with several arguments it takes all.
func StrList[C any](get func(*C) *Value[[]string]) *ListSetter[C, string] {
	return newList(get, "strlist", func(c *Call) ([]string, error) { return c.Args, nil }, quoteAll)
}

// KeyVal is one entry of a KeyVals list.
type KeyVal struct{ Key, Value string }

// KeyVals is ngx_conf_set_keyval_slot.
func KeyVals[C any](get func(*C) *Value[[]KeyVal]) *ListSetter[C, KeyVal] {
	parse := func(c *Call) ([]KeyVal, error) {
		if len(c.Args) < 2 {
			return nil, Reason("invalid value")
		}
		return []KeyVal{{c.Args[0], c.Args[1]}}, nil
	}
	format := func(list []KeyVal) string {
		var words []string
		for _, kv := range list {
			words = append(words, kv.Key, kv.Value)
		}
		return quoteAll(words)
	}
	return newList(get, "keyvals", parse, format)
}

func newList[C, T any](get func(*C) *Value[[]T], kind string, parse func(*Call) ([]T, error), format func([]T) string) *ListSetter[C, T] {
	return &ListSetter[C, T]{slot[C, []T]{get: get, parse: parse, format: format, kind: kind, repeat: true}}
}

// Set adds to what the level already has.
func (s *ListSetter[C, T]) Set(c *Call, conf any) error {
	object := conf.(*C)
	v := s.get(object)
	list, err := s.parse(c)
	if err != nil {
		return err
	}
	if v.Written {
		v.V = append(v.V, list...)
	} else {
		v.Put(c, append([]T(nil), list...))
	}
	if s.then != nil {
		return s.then(c, object)
	}
	return nil
}

// Then runs after the values were stored.
func (s *ListSetter[C, T]) Then(f func(*Call, *C) error) *ListSetter[C, T] { s.then = f; return s }
