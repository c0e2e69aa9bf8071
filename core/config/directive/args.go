package directive

import (
	"strconv"
	"strings"
)

// Args is a set of accepted argument counts: bit n for n arguments up to
// seven, and the open-ended ones above.
type Args uint32

const (
	NoArgs Args = 1 << iota
	Take1
	Take2
	Take3
	Take4
	Take5
	Take6
	Take7
	FlagArg // one argument, on or off
	Any
	OneMore
	TwoMore
)

const (
	Take12   = Take1 | Take2
	Take13   = Take1 | Take3
	Take23   = Take2 | Take3
	Take34   = Take3 | Take4
	Take123  = Take1 | Take2 | Take3
	Take1234 = Take1 | Take2 | Take3 | Take4
)

// Accepts judges a count in the order of nginx's ngx_conf_handler.
func (a Args) Accepts(n int) bool {
	switch {
	case a&Any != 0:
		return true
	case a&FlagArg != 0:
		return n == 1
	case a&OneMore != 0:
		return n >= 1
	case a&TwoMore != 0:
		return n >= 2
	}
	return n <= 7 && a&(1<<n) != 0
}

// String words the set for documentation: "1 or 2", "1 or more", "on | off".
func (a Args) String() string {
	switch {
	case a&Any != 0:
		return "any"
	case a&FlagArg != 0:
		return "on | off"
	case a&OneMore != 0:
		return "1 or more"
	case a&TwoMore != 0:
		return "2 or more"
	}
	var counts []string
	for n := 0; n <= 7; n++ {
		if a&(1<<n) != 0 {
			counts = append(counts, strconv.Itoa(n))
		}
	}
	return strings.Join(counts, " or ")
}
