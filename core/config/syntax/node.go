package syntax

import "strconv"

// Pos is a place in the configuration. File is the name nginx would print:
// the full name of the file, or CommandLine for text given with -g.
type Pos struct {
	File string
	Line int
}

// CommandLine is the File of everything that came from the -g option.
const CommandLine = "command line"

// In is the tail nginx's ngx_conf_log_error puts behind a message:
// " in FILE:LINE", " in command line", or nothing when no file is open yet.
func (p Pos) In() string {
	switch p.File {
	case "":
		return ""
	case CommandLine:
		return " in command line"
	}
	return " in " + p.File + ":" + strconv.Itoa(p.Line)
}

func (p Pos) String() string {
	if p.File == "" || p.File == CommandLine {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// Node is one directive as it was written:
//
//	Name Args... ;              HasBody false
//	Name Args... { Body }       HasBody true
//	Name Args... { Raw }        HasBody true, IsRaw true: *_by_lua_block
//
// A fault in the text does not fail the parse: nginx handles each directive
// before it reads the next one, so the fault must only be seen by whoever
// gets that far. It stands in the tree as a last Node with Err set and no
// Name; a raw body that is never closed sets Err on its own Node.
type Node struct {
	Name    string
	Args    []string
	Body    []*Node
	HasBody bool
	IsRaw   bool
	Raw     string

	// Pos is what nginx names in messages about the directive itself: the
	// line of the ";" or "{" that ended it, not the line it began on.
	Pos Pos
	// First is the line of the first word.
	First int
	// Last is the line of the closing "}", or Pos.Line without a body. nginx
	// names it when a fault is found after the block was read.
	Last int

	Err *Error
}

// End is the place behind the directive's body.
func (n *Node) End() Pos { return Pos{n.Pos.File, n.Last} }

// Error is a fault in the configuration. Error() is the message nginx writes
// behind "[emerg] ", to the letter; Help is a second line of ours, or empty.
type Error struct {
	Text  string
	Pos   Pos
	Help  string
	Level string // "emerg" when empty
}

func (e *Error) Error() string { return e.Text + e.Pos.In() }
