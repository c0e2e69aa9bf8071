package directive

import (
	"strconv"
	"strings"
	"time"

	"moongate/core/config/syntax"
)

// FlagSetter sets a bool: on or off.
type FlagSetter[C any] struct{ slot[C, bool] }

// Flag is ngx_conf_set_flag_slot.
func Flag[C any](get func(*C) *Value[bool]) *FlagSetter[C] {
	parse := func(c *Call) (bool, error) {
		switch word := first(c); {
		case strings.EqualFold(word, "on"):
			return true, nil
		case strings.EqualFold(word, "off"):
			return false, nil
		default:
			return false, Errorf(`invalid value "%s" in "%s" directive, it must be "on" or "off"`, word, c.Name)
		}
	}
	format := func(on bool) string {
		if on {
			return "on"
		}
		return "off"
	}
	return &FlagSetter[C]{slot[C, bool]{get: get, parse: parse, format: format, kind: "flag", choices: []string{"on", "off"}}}
}

// Then runs after the value was stored.
func (s *FlagSetter[C]) Then(f func(*Call, *C) error) *FlagSetter[C] { s.then = f; return s }

// IntSetter sets an int, decimal and not negative.
type IntSetter[C any] struct{ slot[C, int] }

// Int is ngx_conf_set_num_slot.
func Int[C any](get func(*C) *Value[int]) *IntSetter[C] {
	parse := func(c *Call) (int, error) {
		n, ok := ParseInt(first(c))
		if !ok {
			return 0, Reason("invalid number")
		}
		return n, nil
	}
	return &IntSetter[C]{slot[C, int]{get: get, parse: parse, format: strconv.Itoa, kind: "int"}}
}

// Between bounds the value as ngx_conf_check_num_bounds does; a hi of -1
// leaves the upper end open.
func (s *IntSetter[C]) Between(lo, hi int) *IntSetter[C] {
	parse := s.parse
	s.parse = func(c *Call) (int, error) {
		n, err := parse(c)
		switch {
		case err != nil:
			return 0, err
		case hi == -1 && n < lo:
			return 0, Errorf("value must be equal to or greater than %d", lo)
		case hi != -1 && (n < lo || n > hi):
			return 0, Errorf("value must be between %d and %d", lo, hi)
		}
		return n, nil
	}
	return s
}

// AtLeast is Between with an open upper end.
func (s *IntSetter[C]) AtLeast(lo int) *IntSetter[C] { return s.Between(lo, -1) }

// Then runs after the value was stored.
func (s *IntSetter[C]) Then(f func(*Call, *C) error) *IntSetter[C] { s.then = f; return s }

// SizeSetter sets a number of bytes.
type SizeSetter[C any] struct{ slot[C, int64] }

// Size is ngx_conf_set_size_slot: units k and m.
func Size[C any](get func(*C) *Value[int64]) *SizeSetter[C] {
	return &SizeSetter[C]{slot[C, int64]{get: get, parse: valueOf(ParseSize), format: FormatSize, kind: "size"}}
}

// Off is ngx_conf_set_off_slot: units k, m and g.
func Off[C any](get func(*C) *Value[int64]) *SizeSetter[C] {
	return &SizeSetter[C]{slot[C, int64]{get: get, parse: valueOf(ParseOffset), format: FormatOffset, kind: "off"}}
}

// Then runs after the value was stored.
func (s *SizeSetter[C]) Then(f func(*Call, *C) error) *SizeSetter[C] { s.then = f; return s }

// TimeSetter sets a duration.
type TimeSetter[C any] struct{ slot[C, time.Duration] }

// Msec is ngx_conf_set_msec_slot: milliseconds count, a bare number is seconds.
func Msec[C any](get func(*C) *Value[time.Duration]) *TimeSetter[C] {
	return &TimeSetter[C]{slot[C, time.Duration]{get: get, parse: valueOf(ParseMsec), format: FormatTime, kind: "msec"}}
}

// Sec is ngx_conf_set_sec_slot: whole seconds, years and months allowed.
func Sec[C any](get func(*C) *Value[time.Duration]) *TimeSetter[C] {
	return &TimeSetter[C]{slot[C, time.Duration]{get: get, parse: valueOf(ParseSec), format: FormatTime, kind: "sec"}}
}

// Then runs after the value was stored.
func (s *TimeSetter[C]) Then(f func(*Call, *C) error) *TimeSetter[C] { s.then = f; return s }

// StrSetter sets a string.
type StrSetter[C any] struct{ slot[C, string] }

// Str is ngx_conf_set_str_slot.
func Str[C any](get func(*C) *Value[string]) *StrSetter[C] {
	parse := func(c *Call) (string, error) { return first(c), nil }
	return &StrSetter[C]{slot[C, string]{get: get, parse: parse, format: syntax.Quote, kind: "str"}}
}

// Then runs after the value was stored.
func (s *StrSetter[C]) Then(f func(*Call, *C) error) *StrSetter[C] { s.then = f; return s }

// valueOf makes a parse function of one whose failure nginx words "invalid value".
func valueOf[T any](parse func(string) (T, bool)) func(*Call) (T, error) {
	return func(c *Call) (T, error) {
		x, ok := parse(first(c))
		if !ok {
			return x, Reason("invalid value")
		}
		return x, nil
	}
}
