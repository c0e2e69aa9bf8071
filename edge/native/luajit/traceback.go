package luajit

// #include "bridge.h"
import "C"

import (
	"strconv"
)

// Level is one function of a coroutine's stack.
type Level struct {
	Source  string // as in messages: "content_by_lua(nginx.conf:40)"
	Line    int    // 0 or less: not known
	Defined int
	What    byte // of lua_Debug.what: L(ua) C m(ain) t(ail)
	Name    string
	Method  bool
}

// Level tells of the function at a level of the stack; 0 is the running one.
func (t Thread) Level(n int) (Level, bool) {
	var l C.mg_level
	if C.mg_level_at(t.l, C.int(n), &l) == 0 {
		return Level{}, false
	}
	out := Level{Source: C.GoString(&l.src[0]), Line: int(l.line), Defined: int(l.defined), What: byte(l.kind)}
	if l.named != 0 {
		out.Name = C.GoString(&l.name[0])
		out.Method = l.named == 'm'
	}
	return out, true
}

// Where is "source:line: " of a level, or "", as luaL_where gives it.
func (t Thread) Where(n int) string {
	if l, ok := t.Level(n); ok && l.Line > 0 {
		return l.Source + ":" + strconv.Itoa(l.Line) + ": "
	}
	return ""
}

// What ngx_http_lua_util.c prints of a stack at most.
const (
	backtraceDepth   = 22
	backtraceThreads = 5
)

// Traceback prints the stacks of a coroutine and of those that resumed it, innermost first, in the words that
// ngx_http_lua_util.c uses for an aborted thread: "stack traceback:\ncoroutine 0:\n\t...".
func Traceback(threads ...Thread) string {
	b := []byte("stack traceback:")
	for i, t := range threads {
		if i == backtraceThreads {
			break
		}
		b = append(b, "\ncoroutine "...)
		b = strconv.AppendInt(b, int64(i), 10)
		b = append(b, ':')
		for n := 0; ; n++ {
			l, ok := t.Level(n)
			if !ok {
				break
			}
			if n == backtraceDepth {
				b = append(b, "\n\t..."...)
				break
			}
			b = l.append(append(b, "\n\t"...))
		}
	}
	return string(b)
}

func (l Level) append(b []byte) []byte {
	b = append(append(b, l.Source...), ':')
	if l.Line > 0 {
		b = append(strconv.AppendInt(b, int64(l.Line), 10), ':')
	}
	switch {
	case l.Name != "":
		return append(append(append(b, " in function '"...), l.Name...), '\'')
	case l.What == 'm':
		return append(b, " in main chunk"...)
	case l.What == 'C' || l.What == 't':
		return append(b, " ?"...)
	}
	b = append(append(b, " in function <"...), l.Source...)
	return append(strconv.AppendInt(append(b, ':'), int64(l.Defined), 10), '>')
}
