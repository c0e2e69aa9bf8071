package httpd

import (
	"errors"
	"io"
	"os"
	"time"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// limited tells whether limit_rate applies, evaluating it at the first write.
func (r *Request) limited() bool {
	m := r.Main
	if !m.LimitRate.Set {
		m.LimitRate = Value64{sizeOf(m, m.Loc.core.LimitRate.V), true}
	}
	if m.LimitRate.V == 0 {
		return false
	}
	if !m.LimitRateAfter.Set {
		m.LimitRateAfter = Value64{sizeOf(m, m.Loc.core.LimitRateAfter.V), true}
	}
	return true
}

func sizeOf(r *Request, v *Value) int64 {
	if v == nil {
		return 0
	}
	n, ok := directive.ParseSize(v.Eval(r))
	if !ok {
		r.Logf(errlog.Error, "invalid size \"%s\"", v.Eval(r))
		return 0
	}
	return n
}

// paced writes p, as fast as limit_rate allows.
func (c *Conn) paced(r *Request, p []byte) error {
	c.ev.SetWriteTimeout(r.Loc.core.SendTimeout.V)
	if !r.limited() {
		n, err := c.write(p)
		r.Sent += int64(n)
		if err != nil {
			return c.sendFailed(r, err, "writev()")
		}
		return nil
	}
	for len(p) > 0 {
		if wait := r.paceUntil - event.Mono(); wait > 0 {
			if !c.waitOut(wait) {
				r.Logf(errlog.Info, "client prematurely closed connection")
				return c.sendFailed(r, errClosed, "")
			}
		}
		n := r.allowance()
		if n <= 0 {
			r.paceUntil = event.Mono() + r.pause(n)
			continue
		}
		before := r.Sent
		n2, err := c.write(p[:min(int64(len(p)), n)])
		r.Sent += int64(n2)
		if err != nil {
			return c.sendFailed(r, err, "writev()")
		}
		p = p[n2:]
		// What was sent beyond limit_rate_after takes its time.
		over := max(r.Sent-r.LimitRateAfter.V, 0) - max(before-r.LimitRateAfter.V, 0)
		r.paceUntil = event.Mono() + time.Duration(over*1000/r.LimitRate.V)*time.Millisecond
	}
	return nil
}

// waitOut waits. It is false when the client goes away meanwhile
// (ngx_http_test_reading).
func (c *Conn) waitOut(d time.Duration) bool {
	const look = 100 * time.Millisecond // while the input is somebody else's
	for until := event.Mono() + d; ; {
		left := until - event.Mono()
		switch {
		case c.ev.PeerClosed():
			return false
		case left <= 0:
			return true
		case c.ev.HasInput():
			event.Sleep(min(left, look))
			continue
		}
		c.ev.SetReadTimeout(left)
		if err := c.ev.WaitRead(); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			event.Sleep(min(left, look))
		}
	}
}

// allowance is how many bytes limit_rate allows now
// (ngx_http_write_filter's limit).
func (r *Request) allowance() int64 {
	m := r.Main
	secs := event.Now().Unix() - m.Start.Unix() + 1
	return m.LimitRate.V*secs - (m.Sent - m.LimitRateAfter.V)
}

func (r *Request) pause(over int64) time.Duration {
	return time.Duration(-over*1000/r.Main.LimitRate.V+1) * time.Millisecond
}

// pushLimit: up to this size a file shares its first packet with the header. In
// front of a longer one the header leaves at once, unless tcp_nopush is on: one
// packet more is not noticed, and the client has the header before the first
// block was read.
const pushLimit = 64 << 10

// sendFile sends a range of a file: inside the kernel when sendfile is on and
// the connection is plain, through memory otherwise.
func (c *Conn) sendFile(r *Request, b *Buf) error {
	core := r.Loc.core
	if at, n := len(c.out), b.End-b.Off; n <= int64(cap(c.out)-at) {
		// Small files go behind the header: a read and a send cost less than
		// sendfile and the send before it.
		p := c.out[at : at+int(n)]
		if err := c.readFile(r, b, p, b.Off); err != nil {
			return err
		}
		c.out = c.out[:at+int(n)]
		return nil
	}
	if c.tls == nil && core.Sendfile.V && b.File.FD() >= 0 && !r.limited() {
		if err := c.flushBefore(r, b.End-b.Off); err != nil {
			return err
		}
		c.ev.SetWriteTimeout(core.SendTimeout.V)
		n, err := c.ev.SendFile(b.File.FD(), b.Off, b.End-b.Off, core.SendfileMaxChunk.V)
		r.Sent += n
		if errors.Is(err, io.ErrUnexpectedEOF) {
			r.Logf(errlog.Alert, "sendfile() reported that \"%s\" was truncated at %d", b.File.Name, b.Off+n)
			return c.sendFailed(r, errClosed, "")
		}
		if err != nil {
			return c.sendFailed(r, err, "sendfile()")
		}
		return nil
	}
	buf := fileBuf.Get().(*[32768]byte)
	defer fileBuf.Put(buf)
	for off := b.Off; off < b.End; {
		part := buf[:min(int64(len(buf)), b.End-off)]
		if err := c.readFile(r, b, part, off); err != nil {
			return err
		}
		off += int64(len(part))
		if err := c.sendMemory(r, part); err != nil {
			return err
		}
	}
	return nil
}

// readFile fills p from a file. One that has become shorter meanwhile ends the
// connection, for its length was promised.
func (c *Conn) readFile(r *Request, b *Buf, p []byte, off int64) error {
	for done := 0; done < len(p); {
		n, err := b.File.ReadAt(p[done:], off+int64(done))
		if err != nil {
			r.LogErr(errlog.Crit, err, "pread() \"%s\" failed", b.File.Name)
			return c.sendFailed(r, errClosed, "")
		}
		if n == 0 {
			r.Logf(errlog.Alert, "pread() read only %d of %d from \"%s\"", done, len(p), b.File.Name)
			return c.sendFailed(r, errClosed, "")
		}
		done += n
	}
	return nil
}

// flushBefore writes the header in front of n bytes of a file. Where they are to
// share a packet the kernel is told that more follows.
func (c *Conn) flushBefore(r *Request, n int64) error {
	if n > pushLimit && !r.Loc.core.TCPNoPush.V {
		return c.flush(r)
	}
	if len(c.out) == 0 {
		return nil
	}
	c.ev.SetWriteTimeout(r.Loc.core.SendTimeout.V)
	sent, err := c.ev.WriteMore(c.out)
	r.Sent += int64(sent)
	if err != nil {
		return c.sendFailed(r, err, "writev()")
	}
	c.out = c.out[:0]
	return nil
}

// sendError words a failed send for the log.
func (r *Request) sendError(err error, call string) {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.LogErr(errlog.Info, errTimedOut, "client timed out")
		r.Conn.timedOut = true
	case errors.Is(err, errClosed):
	default:
		r.LogErr(errlog.Info, cause(err), "%s failed", call)
	}
}
