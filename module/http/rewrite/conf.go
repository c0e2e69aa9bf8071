package rewrite

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// conf is what the module keeps at each level.
type conf struct {
	prog *program
	log  directive.Value[bool]
	warn directive.Value[bool]
}

// program is the compiled directives of one level. Programs are not inherited.
type program struct {
	code []instr
}

func hasProgram(c any) bool { return c.(*conf).prog != nil }

// add appends an instruction and tells where it stands.
func (c *conf) add(in instr) int {
	if c.prog == nil {
		c.prog = new(program)
	}
	c.prog.code = append(c.prog.code, in)
	return len(c.prog.code) - 1
}

// instr is one step of a program. Values travel on a small stack.
type instr struct {
	op   opcode
	next int // where to go on: behind a rewrite that did not match, behind an if{}

	// rewrite and the pattern of a condition
	pattern string
	re      *httpd.Regex
	neg     bool
	repl    *template
	rule    rule

	status int            // return
	text   *httpd.Value   // return
	value  *template      // push
	index  httpd.VarIndex // variable, set
	loc    *httpd.Location
	file   byte // f, d, e, x
	call   httpd.ScriptStep
}

// rule is how a rewrite goes on once it has matched.
type rule struct {
	status   int // of a redirect, else 0
	addArgs  bool
	hasArgs  bool // the replacement has a '?'
	breaks   bool // flag break
	redirect bool
	last     bool // ends the program
}

type opcode uint8

const (
	opReturn   opcode = iota
	opRewrite         // regex on the URI, and what replaces it
	opBreak           // break
	opPush            // value on the stack
	opVariable        // variable on the stack
	opSet             // variable from the stack
	opEqual           // the two topmost values are equal
	opMatch           // the topmost value matches a pattern
	opFile            // the topmost value names a file
	opIf              // goes to next unless the topmost value is true
	opCall            // a step of another module's: set_by_lua
)
