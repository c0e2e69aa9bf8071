package conf

import "fmt"

// Pos is where something is written.
type Pos struct {
	File string
	Line int
}

// Node is a statement.
type Node struct {
	Words []string
	Block bool    // braces follow
	Body  []*Node // what stands between them
	Pos   Pos
}

// Fault is something that was wrong with the text.
type Fault struct {
	Pos  Pos // Line is 0 for what is wrong with the whole
	Text string
	// Required says that somebody has asked for this to be an error: a file that an include did not find.
	Required bool
}

// File is what was read.
type File struct {
	Nodes  []*Node
	Faults []Fault
	Names  []string // the files, in the order in which they were begun
}

// Where is a position as keepalived writes it: the line alone while there is one file.
func (f *File) Where(p Pos) string {
	switch {
	case p.Line == 0:
		return ""
	case len(f.Names) > 1:
		return fmt.Sprintf("(%s: Line %d) ", p.File, p.Line)
	}
	return fmt.Sprintf("(Line %d) ", p.Line)
}

// build makes a tree of statements.
func (f *File) build(next func() (statement, bool)) {
	root := &Node{Block: true}
	open := []*Node{root}
	var last *Node // the statement that a brace on a line of its own belongs to
	for {
		s, ok := next()
		if !ok {
			break
		}
		in := open[len(open)-1]
		if len(s.words) > 0 {
			last = &Node{Words: s.words, Pos: s.pos}
			in.Body = append(in.Body, last)
		}
		switch s.brace {
		case '{':
			if last == nil || last.Block {
				f.fault(s.pos, "Unexpected '{' - ignoring")
				continue
			}
			last.Block = true
			open = append(open, last)
			last = nil
		case '}':
			last = nil
			if len(open) == 1 {
				f.fault(s.pos, "Extra '}' found")
				continue
			}
			open = open[:len(open)-1]
		}
	}
	if n := len(open) - 1; n > 0 {
		f.fault(Pos{}, fmt.Sprintf("There are %d missing '}'s or extra '{'s", n))
	}
	f.Nodes = root.Body
}

func (f *File) fault(p Pos, text string) { f.Faults = append(f.Faults, Fault{Pos: p, Text: text}) }
