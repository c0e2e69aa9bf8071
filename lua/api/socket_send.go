package api

import (
	"errors"
	"io"
	"os"
	"unsafe"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// writeOp is the writing half of a socket: the send under way.
type writeOp struct {
	s    *tcpSocket
	data []byte // a view of Lua's string, or scratch
	sent int
	size int
	err  error

	scratch []byte
}

// sendTCP is tcpsock:send(data).
func sendTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 2 {
		return c.Error("expecting 2 arguments (including the object), but got %d", c.N())
	}
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if s.foreign(x) {
		return c.Error("bad request")
	}
	if s.pc == nil || s.writeClosed {
		if s.linking.Load() {
			return c.Fail("socket busy connecting")
		}
		return s.closedUse(x, c, "send")
	}
	if why := s.busy(busyConnect | busyWrite); why != "" {
		return c.Fail(why)
	}
	op := &s.wr
	op.s, op.sent, op.err = s, 0, nil
	data, why := sendable(c, 2, op.scratch[:0])
	if why != "" {
		return c.ArgError(2, why)
	}
	if c.Type(2) != luajit.TString {
		op.scratch = data
	}
	op.data, op.size = data, len(data)
	if len(data) == 0 {
		c.Out().Int(0)
		return luajit.Return
	}
	pc := s.pc
	t := s.times.or(x)
	if x.Debugging() {
		x.Debugf("lua tcp socket send timeout: %d", t.send.Milliseconds())
	}
	if !pc.nodelay {
		pc.nodelay = true
		if x.R == nil || x.R.Core().TCPNoDelay.V {
			x.Debugf("lua socket tcp_nodelay")
			pc.ev.SetNoDelay(true)
		}
	}
	if pc.tls == nil {
		n, err := pc.ev.TryWrite(data)
		if op.sent, op.err = n, err; err != nil || n == len(data) {
			return s.sentAll(x, c.Out())
		}
	}
	pc.ev.SetWriteTimeout(t.send)
	s.writing = true
	return x.Wait(c, op)
}

// sendable is the text of an argument: a string, number, boolean, nil, or an array of strings and numbers, nested.
func sendable(c *luajit.Call, i int, scratch []byte) (data []byte, why string) {
	v := c.Arg(i)
	switch v.Type() {
	case luajit.TString:
		s := v.Str()
		return unsafe.Slice(unsafe.StringData(s), len(s)), ""
	case luajit.TTable:
		list, ok := c.Flatten(i, 64)
		if !ok {
			return nil, "bad data type table found"
		}
		data, _, why = appendArray(scratch, list, 0, len(list), true)
		return data, why
	case luajit.TNumber, luajit.TBoolean, luajit.TNil:
		data, _ = appendScalar(scratch, v)
		return data, ""
	}
	return nil, "string, number, boolean, nil, or array table expected, got " + v.Type().String()
}

// Wait writes the rest, without the VM.
func (op *writeOp) Wait(w *vm.Wait) {
	s := op.s
	pc := s.pc
	if pc == nil {
		op.err = io.EOF
		return
	}
	w.OnCancel(pc.ev.Interrupt)
	var n int
	if pc.tls != nil {
		n, op.err = pc.tls.Write(op.data[op.sent:])
	} else {
		n, op.err = pc.ev.Write(op.data[op.sent:])
	}
	op.sent += n
	w.OnCancel(nil)
	if w.Cancelled() {
		s.writing = false
		s.end()
	}
}

// Drop is the end of a send that was killed before it began to wait.
func (op *writeOp) Drop() {
	op.s.writing = false
	op.s.end()
}

// Finish gives the result to Lua.
func (op *writeOp) Finish(x *vm.Ctx, b luajit.Tape) {
	op.s.writing = false
	op.s.sentAll(x, b)
}

// sentAll pushes how many bytes were sent, or nil and why. After any error the socket can only be read.
func (s *tcpSocket) sentAll(x *vm.Ctx, b luajit.Tape) luajit.Result {
	op := &s.wr
	op.data = nil
	if cap(op.scratch) > 64<<10 {
		op.scratch = nil
	}
	if op.err == nil {
		b.Int(op.size)
		return luajit.Return
	}
	text := "closed"
	switch {
	case errors.Is(op.err, os.ErrDeadlineExceeded):
		s.logf(x, errlog.Error, "lua tcp socket write timed out")
		text = "timeout"
	case op.err != io.EOF:
		text = s.streamError(x, op.err, "send")
	}
	s.writeClosed = true
	if s.readClosed {
		s.end()
	}
	b.Nil()
	b.Str(text)
	return luajit.Return
}
