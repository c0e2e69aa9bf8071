package conf

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Bounds on what a file can become.
const (
	maxLine     = 64 << 10
	maxLines    = 1 << 20 // after repetitions
	maxText     = 64 << 20
	maxIncludes = 64 // inside each other
)

// Options say what a file may refer to.
type Options struct {
	ID       string // config id: -i, or the host's name up to the first dot
	Instance string // of the root "instance"
	Strict   bool   // -e: what an include does not find is an error
	Shown    string // what the file is called, if that is not the name that it is read by
	// Read reads a file, Glob gives the names that fit a pattern, in order; one
	// that is a directory ends in "/".
	Read func(name string) ([]byte, error)
	Glob func(pattern string) ([]string, error)
}

// source is a file that is being read, or lines that take another one's place.
type source struct {
	name   string
	shown  string // as the user has written it
	lines  []string
	at     int // how many lines have been read
	pos    int // the line in the file that all of them come from, 0 for a file
	checks checks

	files      []found // what an include has found and is still to be read
	includedAt Pos
	strict     bool // one that can't be read is an error
}

type reader struct {
	options Options
	file    *File
	faults  []Fault // not yet given to a line
	values  map[string]string
	open    []*source
	count   int // lines read
	text    int // bytes of them
}

// Read reads a configuration. The error is that the file can't be read; all
// else that is wrong lies in the lines as Faults.
func Read(name string, o Options) (*File, error) {
	r := &reader{options: o, file: &File{}, values: map[string]string{}}
	shown := name
	if o.Shown != "" {
		shown = o.Shown
	}
	if err := r.enter(name, shown); err != nil {
		return nil, err
	}
	if o.Strict {
		r.open[0].checks = all
	}
	for r.next() {
	}
	r.file.Faults = r.faults
	r.file.count()
	return r.file, nil
}

func (r *reader) enter(name, shown string) error {
	b, err := r.options.Read(name)
	if err != nil {
		return err
	}
	s := &source{name: name, shown: shown, lines: strings.Split(string(b), "\n")}
	if n := len(r.open); n > 0 {
		s.checks = r.open[n-1].checks
	}
	r.file.Names = append(r.file.Names, shown)
	r.open = append(r.open, s)
	return nil
}

// line is the next one of the innermost source; false when that is at its end.
func (s *source) line() (string, Pos, bool) {
	if s.at == len(s.lines) {
		return "", Pos{}, false
	}
	line := s.lines[s.at]
	s.at++
	p := Pos{s.shown, s.at}
	if s.pos != 0 {
		p.Line = s.pos
	}
	return line, p, true
}

// next reads a line; false at the end of everything.
func (r *reader) next() bool {
	if len(r.open) == 0 {
		return false
	}
	s := r.open[len(r.open)-1]
	if len(s.files) > 0 {
		r.begin(s)
		return true
	}
	line, p, ok := s.line()
	if !ok {
		r.open = r.open[:len(r.open)-1]
		return true
	}
	r.count++
	r.text += len(line)
	if r.count > maxLines || r.text > maxText {
		r.fault(p, fmt.Sprintf("more than %d lines or %d bytes - ignoring the rest", maxLines, maxText))
		r.open = nil
		return false
	}
	if s.pos == 0 {
		line = uncomment(line)
	}
	r.take(s, strings.TrimSpace(line), p)
	return true
}

// take does what a line says.
func (r *reader) take(s *source, line string, p Pos) {
	if name, value, ok := definition(line); ok {
		r.values[name] = s.value(value)
		return
	}
	if kind := repeated(line); kind != "" {
		r.instead(r.repeat(kind, line, p), p)
		return
	}
	text := r.substitute(line, p, 0)
	if strings.HasPrefix(text, "@") {
		if text = r.conditional(text); text != "" {
			r.instead([]string{text}, p)
		}
		return
	}
	if strings.Contains(text, "\n") {
		r.instead(strings.Split(text, "\n"), p)
		return
	}
	if text != line && repeated(text) != "" {
		r.instead([]string{text}, p)
		return
	}
	if r.include(s, text, p) {
		return
	}
	r.split(text, p)
}

// value is a definition's: when nothing but a backslash follows the "=" it is
// all lines up to one that ends without.
func (s *source) value(text string) string {
	if strings.TrimSpace(text) != `\` {
		return text
	}
	var lines []string
	for {
		line, _, ok := s.line()
		if !ok {
			break
		}
		line = strings.TrimRight(uncomment(line), " \t\r")
		more := strings.HasSuffix(line, `\`)
		lines = append(lines, strings.TrimSuffix(line, `\`))
		if !more {
			break
		}
	}
	return strings.Join(lines, "\n")
}

// instead has lines read in the place of one.
func (r *reader) instead(lines []string, p Pos) {
	if len(r.open) > maxIncludes*2 {
		r.fault(p, "lines stand for each other without end")
		return
	}
	if len(lines) > 0 {
		s := r.open[len(r.open)-1]
		r.open = append(r.open, &source{name: s.name, shown: p.File, lines: lines, pos: p.Line, checks: s.checks})
	}
}

// conditional is what is left of "@ID text" and "@^ID text" here.
func (r *reader) conditional(text string) string {
	id, rest, _ := strings.Cut(text[1:], " ")
	if tab := strings.IndexByte(id, '\t'); tab >= 0 {
		id, rest = id[:tab], id[tab+1:]+" "+rest
	}
	want := true
	if strings.HasPrefix(id, "^") {
		id, want = id[1:], false
	}
	if (id == r.options.ID) != want {
		return ""
	}
	return strings.TrimSpace(rest)
}

// path is a name as seen from the file that says it.
func (s *source) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(s.name), name)
}
