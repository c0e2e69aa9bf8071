package regex

import (
	"fmt"

	"moongate/edge/native/pcre2"
)

// Named is a pattern whose options were given by PCRE2's names. It may be used by several goroutines.
type Named struct {
	pattern string
	code    *pcre2.Code
}

// CompileNamed compiles a pattern with options as "caseless" or "dotall".
func CompileNamed(pattern string, options []string) (*Named, error) {
	var bits uint32
	for _, name := range options {
		bit, ok := pcre2.ByName[name]
		if !ok {
			return nil, fmt.Errorf("unknown regex option %q", name)
		}
		bits |= bit
	}
	code, err := pcre2.Compile(pattern, bits, pcre2.JIT)
	if err != nil {
		return nil, err
	}
	return &Named{pattern, code}, nil
}

// Find tells where the first match from an offset on begins, -1 when there is none. What lies before the offset is
// seen by look-behinds.
func (re *Named) Find(s string, from int) (at int, err error) {
	var match [2]int32
	switch rc := re.code.Match(s, from, pcre2.JIT, match[:]); {
	case rc >= 0:
		return int(match[0]), nil
	case rc == pcre2.NoMatch:
		return -1, nil
	default:
		return -1, &Error{rc, s, re.pattern}
	}
}
