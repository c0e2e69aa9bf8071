package api

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/errno"
	"moongate/engine/certs"
	"moongate/lua/vm"
)

// readMode is what a receive waits for.
type readMode uint8

const (
	readLine  readMode = iota // up to a LF; every CR is dropped
	readAll                   // to the end of the stream
	readChunk                 // so many bytes
	readAny                   // whatever comes, so many bytes at most
	readUntil                 // up to a pattern
)

// readOp is the reading half of a socket: the receive under way.
type readOp struct {
	s    *tcpSocket
	mode readMode
	rest int    // bytes still wanted, or allowed
	got  []byte // taken from the buffer so far; nil while the result is a view of the buffer
	view []byte
	done bool
	none bool // readUntil: the pattern was reached before; three nils
	pat  *untilPattern
	err  error
}

// receiveTCP is tcpsock:receive(size or pattern).
func receiveTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n != 1 && n != 2 {
		return c.Error("expecting 1 or 2 arguments (including the object), but got %d", n)
	}
	s, r, ok := readable(x, c)
	if !ok {
		return r
	}
	op := readOp{mode: readLine}
	if n == 2 {
		if size, number := c.ToNumber(2); number {
			if size < 0 {
				return c.ArgError(2, "bad number argument")
			}
			if size < 1 {
				c.Out().Str("")
				return luajit.Return
			}
			op.mode, op.rest = readChunk, int(size)
		} else if c.Type(2) != luajit.TString {
			return c.ArgError(2, "bad argument")
		} else if p := c.Str(2); len(p) != 2 || p[0] != '*' {
			return c.ArgError(2, "bad pattern argument: "+p)
		} else if p[1] == 'a' {
			op.mode = readAll
		} else if p[1] != 'l' {
			return c.ArgError(2, "bad pattern argument")
		}
	}
	return s.receive(x, c, op)
}

// receiveAny is tcpsock:receiveany(max).
func receiveAny(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 2 {
		return c.Error("expecting 2 arguments (including the object), but got %d", c.N())
	}
	s, r, ok := readable(x, c)
	if !ok {
		return r
	}
	size, number := c.ToNumber(2)
	if !number || size < 1 {
		return c.ArgError(2, "bad max argument")
	}
	x.Debugf("lua tcp socket calling receiveany() method to read at most %d bytes", int(size))
	return s.receive(x, c, readOp{mode: readAny, rest: int(size)})
}

// readable checks that a socket can be read from; if not, r is the answer.
func readable(x *vm.Ctx, c *luajit.Call) (s *tcpSocket, r luajit.Result, ok bool) {
	s = tcpOf(x, c)
	if s == nil {
		return nil, c.TypeError(1, "table"), false
	}
	if s.foreign(x) {
		return nil, c.Error("bad request"), false
	}
	if s.pc == nil || s.readClosed {
		if s.linking.Load() {
			return nil, c.Fail("socket busy connecting"), false
		}
		return nil, s.closedUse(x, c, "receive"), false
	}
	if why := s.busy(busyConnect | busyRead); why != "" {
		return nil, c.Fail(why), false
	}
	return s, 0, true
}

// receive gives what the buffer holds, or waits.
func (s *tcpSocket) receive(x *vm.Ctx, c *luajit.Call, op readOp) luajit.Result {
	op.s = s
	s.rd = op
	pc := s.pc
	t := s.times.or(x)
	if x.Debugging() {
		x.Debugf("lua tcp socket read timeout: %d", t.read.Milliseconds())
		if op.mode == readAny {
			x.Debugf("lua tcp socket read any")
		}
	}
	if len(pc.unread()) > 0 && s.rd.step(pc) {
		return s.received(x, c.Out())
	}
	pc.ev.SetReadTimeout(t.read)
	size := 0
	if x.Conf != nil {
		size = x.Conf.Socket.BufferSize
	}
	pc.buffer(size)
	s.reading = true
	return x.Wait(c, &s.rd)
}

// Wait reads until there is enough, without the VM.
func (op *readOp) Wait(w *vm.Wait) {
	s := op.s
	pc := s.pc
	if pc == nil {
		op.err = io.EOF
		return
	}
	w.OnCancel(pc.ev.Interrupt)
	for !op.done && op.err == nil {
		if err := pc.fill(); err != nil {
			op.end(err)
		} else {
			op.step(pc)
		}
	}
	w.OnCancel(nil)
	if w.Cancelled() {
		s.reading = false
		s.end()
	}
}

// Drop is the end of a receive that was killed before it began to wait.
func (op *readOp) Drop() {
	op.s.reading = false
	op.s.end()
}

// fill reads into the buffer, which has been emptied.
func (p *peerConn) fill() error {
	if p.from == len(p.buf) {
		p.buf, p.from = p.buf[:0], 0
	}
	room := p.buf[len(p.buf):cap(p.buf)]
	var n int
	var err error
	if p.tls != nil {
		n, err = p.tls.Read(room)
	} else {
		n, err = p.ev.Read(room)
	}
	p.buf = p.buf[:len(p.buf)+n]
	if n > 0 {
		return nil
	}
	return err
}

// end takes an error of the stream: its end is what "*a" waits for.
func (op *readOp) end(err error) {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		op.s.eof = true
		if op.mode == readAll {
			op.done = true
			return
		}
		err = io.EOF
	}
	op.err = err
}

// take moves n bytes of the buffer into the result; last says that it is complete, and may be a view.
func (op *readOp) take(p *peerConn, n int, last bool) {
	b := p.unread()[:n]
	p.from += n
	if last && op.got == nil {
		op.view = b
		return
	}
	op.got = append(op.got, b...)
}

// step takes what it can from the buffer and tells whether the receive is done.
func (op *readOp) step(p *peerConn) bool {
	b := p.unread()
	switch op.mode {
	case readAll:
		op.take(p, len(b), false)
	case readAny:
		op.take(p, min(len(b), op.rest), true)
		op.done = true
	case readChunk:
		n := min(len(b), op.rest)
		op.rest -= n
		op.take(p, n, op.rest == 0)
		op.done = op.rest == 0
	case readLine:
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			op.line(p, b)
			p.from += len(b)
			break
		}
		op.line(p, b[:i])
		p.from += i + 1
		op.done = true
	case readUntil:
		op.done = op.pat.step(op, p)
	}
	return op.done
}

// line adds a piece of a line. nginx's cosockets drop every CR, not only one before the LF.
func (op *readOp) line(p *peerConn, b []byte) {
	i := bytes.IndexByte(b, '\r')
	if op.got == nil && (i < 0 || i == len(b)-1) && len(b) < len(p.unread()) {
		if i >= 0 {
			b = b[:i]
		}
		op.view = b
		return
	}
	if op.got == nil {
		op.got = make([]byte, 0, len(b)+64)
	}
	for ; i >= 0; i = bytes.IndexByte(b, '\r') {
		op.got = append(op.got, b[:i]...)
		b = b[i+1:]
	}
	op.got = append(op.got, b...)
}

func (op *readOp) result() []byte {
	if op.got == nil {
		return op.view
	}
	return op.got
}

// Finish gives the result to Lua.
func (op *readOp) Finish(x *vm.Ctx, b luajit.Tape) {
	op.s.reading = false
	op.s.received(x, b)
}

// received pushes what was read: a string, or nil, why, and what there was of it.
func (s *tcpSocket) received(x *vm.Ctx, b luajit.Tape) luajit.Result {
	op := &s.rd
	switch {
	case op.none:
		b.Nil()
		b.Nil()
		b.Nil()
	case op.err == nil:
		b.Bytes(op.result())
	default:
		b.Nil()
		b.Str(s.readError(x, op.err))
		if op.mode == readAny && len(op.result()) == 0 {
			break
		}
		b.Bytes(op.result())
	}
	op.got, op.view, op.pat = nil, nil, nil
	return luajit.Return
}

// readError words a failed read. After a timeout the socket may go on.
func (s *tcpSocket) readError(x *vm.Ctx, err error) string {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.logf(x, errlog.Error, "lua tcp socket read timed out")
		return "timeout"
	}
	text := "closed"
	if err != io.EOF {
		text = s.streamError(x, err, "recv")
	}
	s.readClosed = true
	if s.writeClosed {
		s.end()
	}
	return text
}

// streamError logs an error of the kernel's or of TLS and gives Lua's word for it.
func (s *tcpSocket) streamError(x *vm.Ctx, err error, call string) string {
	if e := errno.Number(err); e != 0 {
		s.logf(x, errlog.Error, string(errno.Append([]byte(call+"() failed"), e)))
		return strings.ToLower(errno.Text(e))
	}
	if s.pc != nil && s.pc.tls != nil {
		name := "SSL_read"
		if call == "send" {
			name = "SSL_write"
		}
		s.logf(x, errlog.Error, certs.WordRead(name, err).Error())
		return "error"
	}
	return "closed"
}
