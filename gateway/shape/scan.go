package shape

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// scanner reads one value, of any kind, in as many pieces as it comes in, and checks it as
// encoding/json does.
type scanner struct {
	state  uint8
	name   bool   // the string is a member's name
	rest   string // of a literal
	hex    uint8  // digits of a \u that are still to come
	depth  int
	inside []uint64 // a bit for each container that is open: 1 is an object
}

const (
	scanValue     uint8 = iota
	scanFirst           // an element, or "]"
	scanFirstName       // a name, or "}"
	scanName
	scanColon
	scanBehind // "," or the end of the container
	scanString
	scanEscape
	scanHex
	scanLiteral
	scanMinus
	scanZero
	scanDigits
	scanDot
	scanFraction
	scanE
	scanSign
	scanExponent
)

// mostDepth is how deep containers may lie in one another.
const mostDepth = 1000

var (
	errSyntax = errors.New("this is no JSON")
	errDeep   = errors.New("the JSON is too deep")
	errShort  = errors.New("the JSON is not complete")
)

// begin makes the scanner ready for another value.
func (s *scanner) begin() { s.state, s.depth, s.name = scanValue, 0, false }

// ended tells whether what has come is a whole number: its end shows only in what follows.
func (s *scanner) ended() bool {
	switch s.state {
	case scanZero, scanDigits, scanFraction, scanExponent:
		return s.depth == 0
	}
	return false
}

// feed takes bytes up to the end of the value. n is how many of them are its.
func (s *scanner) feed(in []byte) (n int, done bool, err error) {
	for i := 0; i < len(in); {
		c := in[i]
		switch s.state {
		case scanString:
			if i += text(in[i:]); i == len(in) {
				return i, false, nil
			}
			switch c = in[i]; {
			case c == '\\':
				s.state = scanEscape
			case c != '"':
				return i, false, errSyntax
			case s.name:
				s.name, s.state = false, scanColon
			default:
				if s.depth == 0 {
					return i + 1, true, nil
				}
				s.state = scanBehind
			}
			i++
			continue
		case scanValue, scanFirst, scanFirstName, scanName, scanColon, scanBehind:
			if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
				i++
				continue
			}
			if done, err = s.mark(c); done || err != nil {
				return i + 1, done, err
			}
			i++
			continue
		case scanEscape:
			switch c {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				s.state = scanString
			case 'u':
				s.state, s.hex = scanHex, 4
			default:
				return i, false, errSyntax
			}
			i++
			continue
		case scanHex:
			if !isHex(c) {
				return i, false, errSyntax
			}
			if s.hex--; s.hex == 0 {
				s.state = scanString
			}
			i++
			continue
		case scanLiteral:
			if c != s.rest[0] {
				return i, false, errSyntax
			}
			i++
			if s.rest = s.rest[1:]; s.rest == "" {
				if s.depth == 0 {
					return i, true, nil
				}
				s.state = scanBehind
			}
			continue
		}
		if s.number(c) {
			i++
			continue
		}
		switch s.state {
		case scanZero, scanDigits, scanFraction, scanExponent:
		default:
			return i, false, errSyntax
		}
		if s.depth == 0 {
			return i, true, nil
		}
		s.state = scanBehind
	}
	return len(in), false, nil
}

// mark takes a character that stands between others.
func (s *scanner) mark(c byte) (done bool, err error) {
	switch s.state {
	case scanColon:
		if c != ':' {
			return false, errSyntax
		}
		s.state = scanValue
		return false, nil
	case scanBehind:
		object := s.object()
		switch {
		case c == ',' && object:
			s.state = scanName
		case c == ',':
			s.state = scanValue
		case c == '}' && object, c == ']' && !object:
			return s.close(), nil
		default:
			return false, errSyntax
		}
		return false, nil
	case scanFirstName, scanName:
		switch {
		case c == '"':
			s.state, s.name = scanString, true
		case c == '}' && s.state == scanFirstName:
			return s.close(), nil
		default:
			return false, errSyntax
		}
		return false, nil
	}
	switch {
	case c == '"':
		s.state = scanString
	case c == '{' || c == '[':
		return false, s.open(c == '{')
	case c == ']' && s.state == scanFirst:
		return s.close(), nil
	case c == '-':
		s.state = scanMinus
	case c == '0':
		s.state = scanZero
	case c >= '1' && c <= '9':
		s.state = scanDigits
	case c == 't':
		s.state, s.rest = scanLiteral, "rue"
	case c == 'f':
		s.state, s.rest = scanLiteral, "alse"
	case c == 'n':
		s.state, s.rest = scanLiteral, "ull"
	default:
		return false, errSyntax
	}
	return false, nil
}

func (s *scanner) object() bool {
	d := s.depth - 1
	return s.inside[d>>6]>>(d&63)&1 != 0
}

func (s *scanner) open(object bool) error {
	if s.depth == mostDepth {
		return errDeep
	}
	word, bit := s.depth>>6, uint64(1)<<(s.depth&63)
	if word == len(s.inside) {
		s.inside = append(s.inside, 0)
	}
	s.state = scanFirst
	s.inside[word] &^= bit
	if object {
		s.state = scanFirstName
		s.inside[word] |= bit
	}
	s.depth++
	return nil
}

// close ends a container; it is true for the outermost one.
func (s *scanner) close() bool {
	s.depth--
	s.state = scanBehind
	return s.depth == 0
}

// number takes a character of a number; false if it is none of it.
func (s *scanner) number(c byte) bool {
	digit := c >= '0' && c <= '9'
	switch s.state {
	case scanMinus:
		if s.state = scanDigits; c == '0' {
			s.state = scanZero
		}
		if !digit {
			s.state = scanMinus
		}
		return digit
	case scanZero, scanDigits:
		switch {
		case digit && s.state == scanDigits:
		case c == '.':
			s.state = scanDot
		case c|0x20 == 'e':
			s.state = scanE
		default:
			return false
		}
		return true
	case scanDot, scanFraction:
		switch {
		case digit:
			s.state = scanFraction
		case c|0x20 == 'e' && s.state == scanFraction:
			s.state = scanE
		default:
			return false
		}
		return true
	case scanE:
		if c == '+' || c == '-' {
			s.state = scanSign
			return true
		}
	}
	if digit {
		s.state = scanExponent
	}
	return digit
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// text is how many bytes of a string come before a quote, a backslash or a control
// character. It looks at eight of them at a time.
func text(in []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(in); i += 8 {
		x := binary.LittleEndian.Uint64(in[i:])
		quote, slash := x^(ones*'"'), x^(ones*'\\')
		// A byte of x has its high bit set here where it is one of them; what lies above
		// the first such byte may be wrong.
		hit := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*' ')&^x) & highs
		if hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for i < len(in) && in[i] != '"' && in[i] != '\\' && in[i] >= ' ' {
		i++
	}
	return i
}
