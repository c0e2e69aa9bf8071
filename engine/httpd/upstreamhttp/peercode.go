package upstreamhttp

import (
	"os"

	"moongate/edge/sys/event"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// setPeerCode has a handshake call the code that the location has for it. The time that
// the code takes counts as the server's.
func (u *Upstream) setPeerCode(t *certs.Target) {
	code := u.R.Server.HTTP().PeerCode()
	if code == nil {
		return
	}
	began := event.Mono()
	timed := func(f func(r *httpd.Request, c *certs.Conn) error) func(c *certs.Conn) error {
		return func(c *certs.Conn) error {
			err := f(u.R, c)
			if err == nil && event.Mono()-began >= u.connectTimeout() {
				return os.ErrDeadlineExceeded
			}
			u.R.Doing("proxy pass SSL handshaking")
			return err
		}
	}
	if code.ChoosesFor(u.R.Loc) != "" {
		t.Choose = timed(code.Choose)
	}
	if code.JudgesFor(u.R.Loc) != "" {
		t.Judge = timed(code.Judge)
	}
}
