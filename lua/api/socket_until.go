package api

import (
	"bytes"
	"strings"

	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// untilPattern is an iterator of tcpsock:receiveuntil: a pattern and how much of it the stream has just shown (Knuth, Morris and
// Pratt's automaton), which lasts from one call to the next.
type untilPattern struct {
	s         *tcpSocket
	text      string
	back      []int // by state: the longest prefix that is also its suffix
	state     int
	inclusive bool
	over      bool // the pattern was reached by a call with a size: the next gives nils
	sized     bool
}

func newUntil(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n != 2 && n != 3 {
		return c.Error("expecting 2 or 3 arguments (including the object), but got %d", n)
	}
	inclusive := false
	if n == 3 {
		list, ok := c.Flatten(3, 1)
		if !ok {
			return c.TypeError(3, "table")
		}
		for i := 0; i+1 < len(list); i += 2 {
			if list[i].Str() == "inclusive" {
				if t := list[i+1].Type(); t != luajit.TBoolean {
					return c.Error("bad \"inclusive\" option value type: %s", t)
				}
				inclusive = list[i+1].Bool()
			}
		}
	}
	all := socketsOf(x.V)
	s := all.tcp.get(c.Arg(1))
	if s == nil {
		return c.TypeError(1, "table")
	}
	text, ok := c.Arg(2).Text()
	if !ok {
		return c.TypeError(2, "string")
	}
	if text == "" {
		return c.Fail("pattern is empty")
	}
	p := &untilPattern{s: s, text: strings.Clone(text), inclusive: inclusive}
	p.compile()
	c.Out().Handle(all.until.add(p), all.gcUntil)
	return luajit.Return
}

func freeUntil(x *vm.Ctx, c *luajit.Call) luajit.Result {
	socketsOf(x.V).until.drop(c.Arg(1))
	return luajit.Return
}

func (p *untilPattern) compile() {
	p.back = make([]int, len(p.text)+1)
	for i, k := 1, 0; i < len(p.text); i++ {
		for k > 0 && p.text[i] != p.text[k] {
			k = p.back[k]
		}
		if p.text[i] == p.text[k] {
			k++
		}
		p.back[i+1] = k
	}
}

// nextUntil is a call of the iterator, with a size or without.
func nextUntil(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n > 2 {
		return c.Error("expecting 0 or 1 argument, but seen %d", n-1)
	}
	size := 0.0
	if n == 2 {
		var ok bool
		if size, ok = c.ToNumber(2); !ok {
			return c.TypeError(2, "number")
		}
	}
	p := socketsOf(x.V).until.get(c.Arg(1))
	s := p.s
	if s.foreign(x) {
		return c.Error("bad request")
	}
	if s.pc == nil || s.readClosed {
		return c.Fail("closed")
	}
	if why := s.busy(busyConnect | busyRead); why != "" {
		return c.Fail(why)
	}
	b := c.Out()
	if p.over {
		p.over = false
		b.Nil()
		b.Nil()
		b.Nil()
		return luajit.Return
	}
	p.sized = size >= 1
	return s.receive(x, c, readOp{mode: readUntil, pat: p, rest: max(int(size), 0)})
}

// step looks for the pattern in the buffer. Bytes that began to look like it are held back, and given when they turn
// out not to be; with a size it stops when so many are there, which held-back bytes may exceed.
func (p *untilPattern) step(op *readOp, pc *peerConn) bool {
	b := pc.unread()
	if op.got == nil {
		op.got = make([]byte, 0, 256)
	}
	i := 0
	for i < len(b) {
		if p.state == 0 {
			n := bytes.IndexByte(b[i:], p.text[0])
			if n < 0 {
				n = len(b) - i
			}
			if p.sized && n >= op.rest {
				op.got = append(op.got, b[i:i+op.rest]...)
				pc.from += i + op.rest
				return true
			}
			op.rest -= n
			op.got = append(op.got, b[i:i+n]...)
			if i += n; i == len(b) {
				break
			}
		}
		if b[i] == p.text[p.state] {
			i++
			if p.state++; p.state < len(p.text) {
				continue
			}
			p.state, p.over = 0, p.sized
			if p.inclusive {
				op.got = append(op.got, p.text...)
			}
			pc.from += i
			return true
		}
		// A shorter beginning of the pattern may fit: what lies before it was text.
		k := p.back[p.state]
		held := p.state - k
		op.got = append(op.got, p.text[:held]...)
		p.state = k
		if p.sized {
			if op.rest <= held {
				op.rest = 0
				pc.from += i
				return true
			}
			op.rest -= held
		}
	}
	pc.from += i
	return false
}
