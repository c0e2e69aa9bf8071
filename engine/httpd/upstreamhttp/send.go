package upstreamhttp

import (
	"errors"
	"os"

	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// send sends the request. What the peer takes at once, which is nearly always
// all, leaves in one write; the rest is left to a bodySender, since the answer may
// come before the peer has read it.
func (u *Upstream) send() (Condition, httpd.Result) {
	r, c := u.R, u.conn
	r.Doing("sending request to upstream")
	u.requested = true
	c.Event().SetWriteTimeout(u.within(u.sendTimeout()))
	var mem []byte
	var file *httpd.File
	if u.Conf.PassBody && !u.NoBuffer && !u.OwnBody {
		mem, file = r.Body.Mem, r.Body.File
	}
	head := u.out
	framed := u.framed()
	if framed != nil {
		head = framed.Prepare(c, head)
	}
	tail := u.Tail
	if file == nil && len(mem)+len(tail) > 0 && len(head)+len(mem)+len(tail) <= cap(head) {
		// Behind the header, not into u.out: another try sends it again.
		head = append(append(head, mem...), tail...)
		mem, tail = nil, ""
	}
	if framed != nil && !u.OwnBody {
		u.body.begin(u, head, nil, nil, "")
		return 0, proceed
	}
	if u.NoBuffer {
		u.body.begin(u, head, nil, nil, "")
		return 0, proceed
	}
	n, err := c.TryWrite(head)
	if err != nil {
		if !c.HasInput() {
			return u.sendFailed(err), 0
		}
		// The peer may have answered before it closed: that counts.
		u.bodySent = false
		return 0, proceed
	}
	if n == len(head) && len(mem) == 0 && file == nil && tail == "" {
		u.bodySent = true
		if framed != nil {
			framed.Sent(c)
		}
		return 0, proceed
	}
	u.body.begin(u, head[n:], mem, file, tail)
	return 0, proceed
}

// framed is the protocol if it speaks in frames.
func (u *Upstream) framed() Framed {
	f, _ := u.Proto.(Framed)
	return f
}

// sendFailed is a failed write to the peer.
func (u *Upstream) sendFailed(err error) Condition {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return OnTimeout
	}
	u.R.LogErr(errlog.Error, err, "writev() failed")
	return OnError
}
