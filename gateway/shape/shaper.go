package shape

import (
	"bytes"
	"errors"
	"hash/maphash"
)

// Shaper gives one document its shape. Begin makes it ready for another one.
type Shaper struct {
	plan  *Plan
	scan  scanner
	state state
	stack []frame

	// The value that comes next: its rules, whether it stays without them, whether it
	// goes in any case.
	rules      *node
	keep, gone bool
	named      bool   // it is a member, name is how its name is written
	name       []byte // without quotes
	escaped    bool   // there are backslashes in it
	ending     uint8  // how far an escape at the end of name has come

	always string // a member of the document that no rule is about

	mute bool   // what the scanner reads is not written
	text []byte // a value that is masked
	long bool   // it is too long for that

	seed maphash.Seed
	seen []uint64 // names in objects where they may meet
	room []byte   // a name, decoded
	full []byte   // with its prefix
}

type state uint8

const (
	atValue state = iota // a value begins
	atFirst              // or the array ends
	atFirstName
	atName
	inName
	atColon
	behind   // "," or the end
	inValue  // the scanner has it
	inMasked // and what it reads is kept
	atEnd
)

// frame is a container that is open.
type frame struct {
	rules   *node
	object  bool
	keep    bool   // what no rule names stays
	into    int    // the frame that its members are written into
	wrote   bool   // something has been
	count   int    // of elements
	missing uint64 // defaults that are still to be written
	seen    int    // where its names begin in Shaper.seen
	prefix  string
}

const (
	mostName  = 64 << 10
	mostText  = 64 << 10 // that is masked character by character
	mostNames = 1024     // in an object where names may meet
)

var (
	errLongName  = errors.New("a member's name is too long")
	errManyNames = errors.New("an object has too many members to move others into it")
	// ErrEmpty says that there was nothing at all.
	ErrEmpty = errors.New("there is no JSON")
)

// Begin makes s ready for a document.
func (s *Shaper) Begin(p *Plan) {
	if s.plan == nil {
		s.seed = maphash.MakeSeed()
	}
	s.plan, s.state = p, atValue
	s.stack, s.seen = s.stack[:0], s.seen[:0]
	s.always = ""
	s.rules, s.keep, s.gone, s.named, s.mute = p.root, p.keep, false, false, false
	s.scan.begin()
}

// Always says that a member of the document itself stays, whatever the rules are. Begin
// forgets it.
func (s *Shaper) Always(name string) { s.always = name }

// Write takes the next bytes of the document, and appends to out what they have become.
func (s *Shaper) Write(out, in []byte) ([]byte, error) {
	for i := 0; i < len(in); {
		if s.state == inValue || s.state == inMasked {
			n, done, err := s.scan.feed(in[i:])
			if err != nil {
				return out, err
			}
			if s.state == inMasked {
				s.collect(in[i : i+n])
			} else if !s.mute {
				out = append(out, in[i:i+n]...)
			}
			if i += n; done {
				out = s.valueEnds(out)
			}
			continue
		}
		if s.state == inName {
			n, err := s.nameGoesOn(in[i:])
			if err != nil {
				return out, err
			}
			i += n
			continue
		}
		c := in[i]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		switch s.state {
		case atFirstName, atName:
			switch {
			case c == '"':
				s.state, s.name, s.escaped, s.ending = inName, s.name[:0], false, 0
			case c == '}' && s.state == atFirstName:
				var err error
				if out, err = s.pop(out); err != nil {
					return out, err
				}
			default:
				return out, errSyntax
			}
			i++
		case atColon:
			if c != ':' {
				return out, errSyntax
			}
			s.state = atValue
			i++
		case behind:
			f := &s.stack[len(s.stack)-1]
			switch {
			case c == ',' && f.object:
				s.state = atName
			case c == ',':
				s.element()
				s.state = atValue
			case c == '}' && f.object, c == ']' && !f.object:
				var err error
				if out, err = s.pop(out); err != nil {
					return out, err
				}
			default:
				return out, errSyntax
			}
			i++
		case atFirst, atValue:
			if c == ']' && s.state == atFirst {
				var err error
				if out, err = s.pop(out); err != nil {
					return out, err
				}
				i++
				continue
			}
			if s.state == atFirst {
				s.element()
			}
			var err error
			var took bool
			if out, took, err = s.value(out, c); err != nil {
				return out, err
			}
			if took {
				i++
			}
		default: // atEnd
			return out, errSyntax
		}
	}
	return out, nil
}

// End says that there is no more. It is an error if the document is not complete.
func (s *Shaper) End(out []byte) ([]byte, error) {
	switch {
	case s.state == inValue && len(s.stack) == 0 && s.scan.ended():
		out = s.valueEnds(out)
	case s.state == atValue && len(s.stack) == 0:
		return out, ErrEmpty
	}
	if s.state != atEnd {
		return out, errShort
	}
	return out, nil
}

// element begins an element of the innermost array.
func (s *Shaper) element() {
	f := &s.stack[len(s.stack)-1]
	f.count++
	s.rules, s.keep, s.named = f.rules, f.keep, false
	s.gone = f.rules.limit >= 0 && f.count > f.rules.limit
}

// nameGoesOn takes bytes of a member's name, and when it is complete finds its rules.
func (s *Shaper) nameGoesOn(in []byte) (int, error) {
	for i := 0; i < len(in); {
		c := in[i]
		switch {
		case s.ending == 1: // behind a backslash
			switch c {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				s.ending = 0
			case 'u':
				s.ending = 5
			default:
				return i, errSyntax
			}
		case s.ending > 1: // 5 to 2: digits of a \u
			if !isHex(c) {
				return i, errSyntax
			}
			if s.ending--; s.ending == 1 {
				s.ending = 0
			}
		default:
			n := text(in[i:])
			if s.name = append(s.name, in[i:i+n]...); len(s.name) > mostName {
				return i, errLongName
			}
			if i += n; i == len(in) {
				return i, nil
			}
			switch c = in[i]; c {
			case '"':
				s.nameEnds()
				return i + 1, nil
			case '\\':
				s.escaped, s.ending = true, 1
			default:
				return i, errSyntax
			}
		}
		s.name = append(s.name, c)
		i++
	}
	return len(in), nil
}

func (s *Shaper) nameEnds() {
	s.state, s.named = atColon, true
	f := &s.stack[len(s.stack)-1]
	name := s.name
	if s.escaped {
		s.room = unquote(s.room[:0], s.name)
		name = s.room
	}
	if len(s.stack) == 1 && s.always != "" && string(name) == s.always {
		s.rules, s.keep, s.gone = nil, true, false
		return
	}
	n := f.rules.child(name)
	s.rules, s.keep = n, f.keep || n != nil && n.whole
	s.gone = n != nil && n.drop || !s.keep && (n == nil || !n.some)
}

// value begins a value by its first character. took says that it has been used.
func (s *Shaper) value(out []byte, c byte) (_ []byte, took bool, err error) {
	n := s.rules
	switch {
	case s.gone:
		return s.pass(out, false), false, nil
	case n == nil:
	case n.mask != nil && c != 'n' && c != '[':
		return s.masked(out, c)
	case c == '{' && s.named && n.flatten:
		return out, true, s.push(n, true, true)
	case c == '{' && n.deep, c == '[' && (n.deep || n.limit >= 0 || n.mask != nil):
		out, ok, err := s.head(out)
		if err != nil || !ok {
			return s.pass(out, false), false, err
		}
		return append(out, c), true, s.push(n, c == '{', false)
	case !s.keep && len(s.stack) > 0:
		return s.pass(out, false), false, nil // there is nothing in it that is picked
	}
	if c == 'n' && s.named {
		if g := s.standIn(); g != nil {
			out, _, err = s.head(out)
			if err != nil {
				return out, false, err
			}
			return s.pass(append(out, g.value...), false), false, nil
		}
	}
	out, ok, err := s.head(out)
	return s.pass(out, ok), false, err
}

// pass has the scanner read the value, which is written or not.
func (s *Shaper) pass(out []byte, write bool) []byte {
	s.scan.begin()
	s.state, s.mute = inValue, !write
	return out
}

// push opens a container.
func (s *Shaper) push(n *node, object, flat bool) error {
	if len(s.stack) == mostDepth {
		return errDeep
	}
	me := len(s.stack)
	f := frame{rules: n, object: object, keep: s.keep, into: me, seen: len(s.seen)}
	if object {
		s.state, f.missing = atFirstName, 1<<len(n.defaults)-1
	} else {
		s.state = atFirst
	}
	if flat {
		up := &s.stack[me-1]
		f.into, f.prefix = up.into, up.prefix+n.prefix
	}
	s.stack = append(s.stack, f)
	return nil
}

// pop closes the innermost container.
func (s *Shaper) pop(out []byte) ([]byte, error) {
	me := len(s.stack) - 1
	for s.stack[me].missing != 0 {
		var err error
		if out, err = s.fill(out); err != nil {
			return out, err
		}
	}
	f := &s.stack[me]
	switch {
	case f.into != me:
	case f.object:
		out = append(out, '}')
	default:
		out = append(out, ']')
	}
	if f.into == me {
		s.seen = s.seen[:f.seen]
	}
	s.stack = s.stack[:me]
	return s.valueEnds(out), nil
}

// valueEnds is behind a value.
func (s *Shaper) valueEnds(out []byte) []byte {
	if s.state == inMasked {
		out = s.writeMasked(out)
	}
	if s.state = behind; len(s.stack) == 0 {
		s.state = atEnd
	}
	return out
}

// called is what the member of the value is called, decoded, without a prefix.
func (s *Shaper) called() []byte {
	switch {
	case s.rules != nil && s.rules.renamed:
		s.room = append(s.room[:0], s.rules.rename...)
	case s.escaped:
		s.room = unquote(s.room[:0], s.name)
	default:
		s.room = append(s.room[:0], s.name...)
	}
	return s.room
}

// standIn is what the member of the value has in place of null, nil without.
func (s *Shaper) standIn() *given {
	n := s.stack[len(s.stack)-1].rules
	if len(n.defaults) == 0 {
		return nil
	}
	name := s.called()
	for i := range n.defaults {
		if n.defaults[i].name == string(name) {
			return &n.defaults[i]
		}
	}
	return nil
}

// meets tells whether a name is in its object already; if not, it is now.
func (s *Shaper) meets(f *frame, name []byte) (bool, error) {
	h := maphash.Bytes(s.seed, name)
	from := s.stack[f.into].seen
	for _, old := range s.seen[from:] {
		if old == h {
			return true, nil
		}
	}
	if len(s.seen)-from == mostNames {
		return false, errManyNames
	}
	s.seen = append(s.seen, h)
	return false, nil
}

// head writes what stands before a value: a comma, and the name of a member. ok is false
// for one whose name is taken, which must not be written.
func (s *Shaper) head(out []byte) (_ []byte, ok bool, err error) {
	if len(s.stack) == 0 {
		return out, true, nil
	}
	f := &s.stack[len(s.stack)-1]
	into := &s.stack[f.into]
	if s.named {
		if len(f.rules.defaults) > 0 {
			s.settle(f, s.called())
		}
		if into.rules.unique {
			name := s.called()
			if f.prefix != "" {
				s.full = append(append(s.full[:0], f.prefix...), name...)
				name = s.full
			}
			if met, err := s.meets(f, name); met || err != nil {
				return out, false, err
			}
		}
	}
	if into.wrote {
		out = append(out, ',')
	}
	into.wrote = true
	if !s.named {
		return out, true, nil
	}
	if n := s.rules; n != nil && n.renamed {
		return append(quote(out, f.prefix, n.rename), ':'), true, nil
	}
	if f.prefix == "" {
		out = append(out, '"')
	} else {
		out = quote(out, f.prefix, "")
		out = out[:len(out)-1]
	}
	return append(append(out, s.name...), '"', ':'), true, nil
}

// settle notes that a member is there and need not be filled in.
func (s *Shaper) settle(f *frame, name []byte) {
	for i := range f.rules.defaults {
		if f.rules.defaults[i].name == string(name) {
			f.missing &^= 1 << i
		}
	}
}

// fill writes the first default that is missing in the innermost object.
func (s *Shaper) fill(out []byte) ([]byte, error) {
	f := &s.stack[len(s.stack)-1]
	i := 0
	for f.missing>>i&1 == 0 {
		i++
	}
	f.missing &^= 1 << i
	g := &f.rules.defaults[i]
	into := &s.stack[f.into]
	if into.rules.unique {
		s.full = append(append(s.full[:0], f.prefix...), g.name...)
		if met, err := s.meets(f, s.full); met || err != nil {
			return out, err
		}
	}
	if into.wrote {
		out = append(out, ',')
	}
	into.wrote = true
	out = append(quote(out, f.prefix, g.name), ':')
	return append(out, g.value...), nil
}

// Shape gives a whole document its shape.
func (p *Plan) Shape(out, doc []byte) ([]byte, error) {
	var s Shaper
	s.Begin(p)
	out, err := s.Write(out, doc)
	if err != nil {
		return out, err
	}
	return s.End(out)
}

var masked3 = []byte(`"***"`)

// masked begins a value that is hidden.
func (s *Shaper) masked(out []byte, c byte) ([]byte, bool, error) {
	out, ok, err := s.head(out)
	switch {
	case err != nil || !ok:
		return s.pass(out, false), false, err
	case c == '"' || c == '-' || c >= '0' && c <= '9':
		s.scan.begin()
		s.state, s.text, s.long = inMasked, s.text[:0], false
		return out, false, nil
	}
	return s.pass(append(out, masked3...), false), false, nil
}

// collect keeps bytes of a value that is hidden.
func (s *Shaper) collect(in []byte) {
	if len(s.text)+len(in) > mostText {
		s.long = true
		return
	}
	s.text = append(s.text, in...)
}

func (s *Shaper) writeMasked(out []byte) []byte {
	if s.long {
		return append(out, masked3...)
	}
	text := s.text
	if text[0] == '"' {
		text = text[1 : len(text)-1]
		if bytes.IndexByte(text, '\\') >= 0 {
			s.room = unquote(s.room[:0], text)
			text = s.room
		}
	}
	return s.rules.mask.append(out, text)
}
