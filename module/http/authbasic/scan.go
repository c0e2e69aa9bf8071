package authbasic

// scanner looks for "user:hash" in the bytes of a password file, as they come:
// lines end with LF, the hash at a further colon, CR or LF, and lines that begin
// with # are comments.
type scanner struct {
	user  string
	state state
	login int // bytes of the user that have fitted
	hash  []byte
}

type state uint8

const (
	atLogin state = iota
	atHash
	skipping
	done
)

// scan takes more bytes and tells whether the user's line is complete.
func (s *scanner) scan(p []byte) bool {
	for _, c := range p {
		switch s.state {
		case atLogin:
			switch {
			case s.login == 0 && (c == '#' || c == '\r'):
				s.state = skipping
			case s.login == 0 && c == '\n':
			case s.login == len(s.user) && c == ':':
				s.state = atHash
			case s.login < len(s.user) && c == s.user[s.login]:
				s.login++
			case c == '\n':
				s.login = 0
			default:
				s.state = skipping
			}
		case atHash:
			if c == '\n' || c == '\r' || c == ':' {
				s.state = done
				return true
			}
			s.hash = append(s.hash, c)
		case skipping:
			if c == '\n' {
				s.state, s.login = atLogin, 0
			}
		}
	}
	return false
}

// result is what was found when the file has ended; a last line needs no LF.
func (s *scanner) result() (hash string, found bool) {
	return string(s.hash), s.state == atHash || s.state == done
}
