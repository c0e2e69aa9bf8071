package syntax

import "strings"

// depth of nested blocks beyond which a text is refused: nginx ends in a
// stack overflow somewhere behind.
const maxDepth = 1000

// Parse reads the text of a file. It always succeeds: a fault is the last
// node of the block it stands in (see Node).
func Parse(file string, data []byte) []*Node {
	p := parser{l: newLexer(data, file, false)}
	return p.block(0)
}

// ParseParam reads the text of a -g option.
func ParseParam(text string) []*Node {
	p := parser{l: newLexer([]byte(text), "", true)}
	return p.block(0)
}

type parser struct {
	l      *lexer
	failed bool
}

func (p *parser) fail(nodes []*Node, fault *Error) []*Node {
	p.failed = true
	return append(nodes, &Node{Pos: fault.Pos, First: fault.Pos.Line, Last: fault.Pos.Line, Err: fault})
}

func (p *parser) block(depth int) []*Node {
	var nodes []*Node
	l := p.l
	for {
		words, end, fault := l.next()
		if fault != nil {
			return p.fail(nodes, fault)
		}
		switch end {
		case blockDone:
			if depth == 0 {
				return p.fail(nodes, l.fault(`unexpected "}"`))
			}
			return nodes
		case fileDone:
			if depth > 0 {
				return p.fail(nodes, l.fault(`unexpected end of file, expecting "}"`))
			}
			return nodes
		case blockStart:
			if l.param {
				return p.fail(nodes, l.fault("block directives are not supported in -g option"))
			}
			if depth == maxDepth {
				return p.fail(nodes, l.fault("too many nested blocks"))
			}
		}
		n := &Node{Name: words[0], Args: words[1:], HasBody: end == blockStart, Pos: l.here(), First: l.first}
		nodes = append(nodes, n)
		if n.HasBody {
			if strings.HasSuffix(n.Name, "_by_lua_block") {
				n.IsRaw = true
				n.Raw, n.Err = l.lua()
				p.failed = n.Err != nil
			} else {
				n.Body = p.block(depth + 1)
			}
		}
		n.Last = l.line
		if p.failed {
			// the text behind a fault has no meaning
			return nodes
		}
	}
}

// Fault is the first fault in the text, or nil: for those who want the whole
// text to be right before they look at it.
func Fault(nodes []*Node) *Error {
	if len(nodes) == 0 {
		return nil
	}
	last := nodes[len(nodes)-1]
	if last.Err != nil {
		return last.Err
	}
	return Fault(last.Body)
}
