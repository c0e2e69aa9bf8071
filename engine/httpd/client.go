package httpd

import (
	"time"

	"moongate/edge/sys/event"
)

// What handlers need that talk to somebody else on behalf of the client:
// whether it is still there, its raw connection after an upgrade.

// Worker is the worker that serves the request.
func (r *Request) Worker() *Worker { return r.Conn.w }

// Loop is the event loop that the request's connection belongs to.
func (r *Request) Loop() *event.Loop { return r.Conn.w.Loop }

// watcher is a stream that is not the connection's only one (HTTP/2).
type watcher interface {
	watch(h *event.CloseHook)
	gone() bool
}

// WatchClient has h called once when the client goes away, nil for no more. A
// connection has one hook: with parallel subrequests the last one counts.
func (r *Request) WatchClient(h *event.CloseHook) {
	if w, ok := r.stream.(watcher); ok {
		w.watch(h)
		return
	}
	r.Conn.ev.NotifyClose(h)
}

// ClientGone tells whether the client has closed its connection.
func (r *Request) ClientGone() bool {
	if w, ok := r.stream.(watcher); ok {
		return w.gone()
	}
	return r.Conn.failed != nil || r.Conn.ev.PeerClosed()
}

// Push sends what the filters have let through so far and what the connection
// still holds back, without asking the filters to flush.
func (r *Request) Push() error {
	if r.capture != nil {
		return nil
	}
	return r.Main.stream.flush(r.Main)
}

// SendEarly sends an interim response (103).
func (r *Request) SendEarly(status int, headers []Header) error {
	if r.Parent != nil {
		return nil
	}
	return r.stream.early(r, status, headers)
}

// InterruptBody ends a ReadBodyPart that another goroutine waits in.
func (r *Request) InterruptBody() {
	if s, ok := r.stream.(*http2stream); ok {
		s.interruptBody(true)
		return
	}
	r.Conn.ev.Interrupt()
}

// Tunnel is the client's connection once it is no longer HTTP. One goroutine
// may read while another writes.
type Tunnel struct{ r *Request }

// Tunnel makes the connection a tunnel, after the header of a 101 has been
// sent. It is false for those that can't be one: HTTP/2 streams, subrequests.
func (r *Request) Tunnel() (Tunnel, bool) {
	c := r.Conn
	if r.stream != stream(c) || r.Parent != nil {
		return Tunnel{}, false
	}
	r.KeepAlive = false
	r.Upgraded = true
	c.noDelay()
	return Tunnel{r}, true
}

// Read gives first what came behind the request's header.
func (t Tunnel) Read(p []byte) (int, error) {
	c := t.r.Conn
	if c.pos < len(c.in) {
		n := copy(p, c.in[c.pos:])
		c.pos += n
		return n, nil
	}
	return c.read(p)
}

// Write writes all of p and counts it as sent.
func (t Tunnel) Write(p []byte) (int, error) {
	n, err := t.r.Conn.write(p)
	t.r.Sent += int64(n)
	return n, err
}

// Interrupt makes the waits of both directions end.
func (t Tunnel) Interrupt() { t.r.Conn.ev.Interrupt() }

// SetTimeouts limits each wait.
func (t Tunnel) SetTimeouts(read, write time.Duration) {
	t.r.Conn.ev.SetReadTimeout(read)
	t.r.Conn.ev.SetWriteTimeout(write)
}

// ClearInterrupt takes back an InterruptBody that nobody has noticed.
func (r *Request) ClearInterrupt() {
	if s, ok := r.stream.(*http2stream); ok {
		s.interruptBody(false)
		return
	}
	r.Conn.ev.ClearInterrupt()
}

// BodyFailed logs why ReadBodyPart has failed; its result ends the request.
func (r *Request) BodyFailed(err error) Result { return r.bodyFailed(err) }

// HasErrorPage tells whether the location has an error_page for a status.
func (r *Request) HasErrorPage(status int) bool {
	for i := range r.Loc.core.ErrorPages {
		if r.Loc.core.ErrorPages[i].status == status {
			return true
		}
	}
	return false
}

// ReleaseFile gives up the temporary file of a body that nobody needs any more.
func (b *Body) ReleaseFile() { b.release() }

// ClientSlow tells that a write to the client is waiting for room.
func (r *Request) ClientSlow() bool { return r.Conn.ev.WriteBlocked() }

// RemoteAddrText is $remote_addr.
func (r *Request) RemoteAddrText() string { return varRemoteAddr(r) }

// Parent is the location that an if{} or limit_except{} block, or a nested
// location, is in.
func (l *Location) Parent() *Location { return l.parent }

// Warn logs a warning that belongs to no single directive.
func (b *Builder) Warn(text string) { b.warn("%s", text) }
