package conf

import "fmt"

// Pos is where something is written.
type Pos struct {
	File string
	Line int
}

// Line is what keepalived takes at a time: the words up to the end of the line or
// to a brace, or a brace. Which braces belong to which words is not known here:
// that depends on the keyword.
type Line struct {
	Words  []string
	Raw    string // the words as they are written; see Quoted
	Brace  byte   // '{' or '}', 0 for words
	Pos    Pos
	Faults []Fault // what was wrong before or in this line
}

// Fault is something that was wrong with the text.
type Fault struct {
	Pos  Pos
	Text string
	// Required says that somebody has asked for this to be an error: a file that
	// an include did not find.
	Required bool
	// Once marks what only the process says that reads the files; others say
	// each fault again.
	Once bool
}

// File is what was read.
type File struct {
	Lines  []Line
	Faults []Fault  // those behind the last line
	Open   int      // braces that were never closed
	Names  []string // the files, in the order in which they were begun
}

// Where is a position as keepalived writes it when it reads the files: in the
// file that it was started with, the line alone.
func (f *File) Where(p Pos) string {
	switch {
	case p.Line == 0:
		return ""
	case len(f.Names) > 0 && p.File != f.Names[0]:
		return p.Where()
	}
	return fmt.Sprintf("(Line %d) ", p.Line)
}

// Where is a position with its file, as the processes write it that are handed
// the text.
func (p Pos) Where() string {
	if p.Line == 0 {
		return ""
	}
	return fmt.Sprintf("(%s: Line %d) ", p.File, p.Line)
}

// count looks for braces that close nothing.
func (f *File) count() {
	for i := range f.Lines {
		l := &f.Lines[i]
		switch {
		case l.Brace == '{':
			f.Open++
		case l.Brace == '}' && f.Open == 0:
			l.Faults = append(l.Faults, Fault{Pos: l.Pos, Text: "Extra '}' found"})
		case l.Brace == '}':
			f.Open--
		}
	}
}

func (r *reader) fault(p Pos, text string) { r.faults = append(r.faults, Fault{Pos: p, Text: text}) }
