package httpd

import (
	"errors"
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
		if _, err := c.write(p); err != nil {
			return c.sendFailed(r, err)
		}
		return nil
	}
	for len(p) > 0 {
		n := r.allowance()
		if n <= 0 {
			event.Sleep(r.pause(n))
			if c.ev.PeerClosed() && c.ev.Failed() {
				return c.sendFailed(r, errClosed)
			}
			continue
		}
		part := p[:min(int64(len(p)), n)]
		if _, err := c.write(part); err != nil {
			return c.sendFailed(r, err)
		}
		r.Main.paced += int64(len(part))
		p = p[len(part):]
		if len(p) > 0 {
			event.Sleep(time.Duration(int64(len(part)) * int64(time.Second) / r.Main.LimitRate.V))
		}
	}
	return nil
}

// allowance is how many bytes limit_rate allows now
// (ngx_http_write_filter's limit).
func (r *Request) allowance() int64 {
	m := r.Main
	secs := event.Now().Unix() - m.Start.Unix() + 1
	return m.LimitRate.V*secs - (m.paced - m.LimitRateAfter.V)
}

func (r *Request) pause(over int64) time.Duration {
	return time.Duration(-over*1000/r.Main.LimitRate.V+1) * time.Millisecond
}

// sendFile sends a range of a file: inside the kernel when sendfile is on and
// the connection is plain, through memory otherwise.
func (c *Conn) sendFile(r *Request, b *Buf) error {
	core := r.Loc.core
	if n := int(b.End - b.Off); n <= cap(c.out)-len(c.out) {
		// Small files go behind the header: a read and a send cost less than
		// sendfile and the send before it.
		at := len(c.out)
		got, err := b.File.ReadAt(c.out[at:at+n], b.Off)
		if got < n {
			r.Logf(errlog.Alert, "pread() read only %d of %d from \"%s\": %v", got, n, b.File.Name, err)
			return c.sendFailed(r, errClosed)
		}
		c.out = c.out[:at+n]
		return nil
	}
	if c.tls == nil && core.Sendfile.V && b.File.FD() >= 0 && !r.limited() {
		if err := c.flushMore(r); err != nil {
			return err
		}
		c.ev.SetWriteTimeout(core.SendTimeout.V)
		n, err := c.ev.SendFile(b.File.FD(), b.Off, b.End-b.Off)
		if err != nil {
			return c.sendFailed(r, err)
		}
		if n < b.End-b.Off {
			r.Logf(errlog.Alert, "sendfile() reported that \"%s\" was truncated at %d", b.File.Name, b.Off+n)
			return c.sendFailed(r, errClosed)
		}
		return nil
	}
	buf := fileBuf.Get().(*[32768]byte)
	defer fileBuf.Put(buf)
	for off := b.Off; off < b.End; {
		n, err := b.File.ReadAt(buf[:min(int64(len(buf)), b.End-off)], off)
		if n == 0 {
			r.Logf(errlog.Alert, "pread() read only %d of %d from \"%s\": %v", off-b.Off, b.End-b.Off, b.File.Name, err)
			return c.sendFailed(r, errClosed)
		}
		off += int64(n)
		if len(c.out)+n <= outBufSize {
			c.out = append(c.out, buf[:n]...)
			continue
		}
		if err := c.sendMemory(r, buf[:n]); err != nil {
			return err
		}
	}
	return nil
}

// flushMore writes the header in front of a file. With small files it would be
// one packet too many, so the kernel is told that more follows.
func (c *Conn) flushMore(r *Request) error {
	if len(c.out) == 0 {
		return nil
	}
	if r.limited() {
		return c.flush(r)
	}
	c.ev.SetWriteTimeout(r.Loc.core.SendTimeout.V)
	if _, err := c.ev.WriteMore(c.out); err != nil {
		return c.sendFailed(r, err)
	}
	c.out = c.out[:0]
	return nil
}

// sendError words a failed send for the log.
func (r *Request) sendError(err error) {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.LogErr(errlog.Info, errTimedOut, "client timed out")
		r.Conn.timedOut = true
	case errors.Is(err, errClosed):
	default:
		r.LogErr(errlog.Info, cause(err), "send() failed")
	}
}
