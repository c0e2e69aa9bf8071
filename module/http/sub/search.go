package sub

// search looks for several patterns at once.
type search struct {
	once   bool
	texts  []string // lower case
	done   []bool   // found already, with once
	left   int      // of texts that are not done
	starts [256]bool
}

func (s *search) add(text string) {
	low := make([]byte, len(text))
	for i := range low {
		low[i] = lower(text[i])
	}
	s.texts = append(s.texts, string(low))
	s.done = append(s.done, false)
	s.left++
	c := low[0]
	s.starts[c] = true
	if c >= 'a' && c <= 'z' {
		s.starts[c-0x20] = true
	}
}

// finished tells that nothing is looked for any more.
func (s *search) finished() bool { return s.left == 0 }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

type fit uint8

const (
	no fit = iota
	part
	whole
)

// fits compares the beginning of data with a pattern.
func fits(data []byte, text string) fit {
	n := min(len(data), len(text))
	for i := range n {
		if lower(data[i]) != text[i] {
			return no
		}
	}
	if n < len(text) {
		return part
	}
	return whole
}

// run goes through data. emit gets what stays, and the number of the pattern that
// stood behind it, -1 at the end. The bytes from used on must be seen again, with
// more behind them; with last there are none.
func (s *search) run(data []byte, last bool, emit func(plain []byte, found int)) (used int) {
	plain := 0
	for at := 0; at < len(data) && s.left > 0; {
		if !s.starts[data[at]] {
			at++
			continue
		}
		found, wait := s.at(data[at:], last)
		switch {
		case wait:
			emit(data[plain:at], -1)
			return at
		case found < 0:
			at++
		default:
			emit(data[plain:at], found)
			at += len(s.texts[found])
			plain = at
			if s.once {
				s.done[found] = true
				s.left--
			}
		}
	}
	emit(data[plain:], -1)
	return len(data)
}

// at looks for the first pattern that data begins with; wait tells that this can
// only be said when more has come.
func (s *search) at(data []byte, last bool) (found int, wait bool) {
	for i, text := range s.texts {
		if s.done[i] {
			continue
		}
		switch fits(data, text) {
		case whole:
			return i, false
		case part:
			if !last {
				return -1, true
			}
		}
	}
	return -1, false
}
