package log

import (
	"sync/atomic"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
)

// guard keeps a log that can't be written from filling the error log: it
// complains once a minute, and a full disk is left alone for a second.
type guard struct {
	full       atomic.Int64 // the second in which the disk was full
	complained atomic.Int64
}

// check judges a write of want bytes (the end of ngx_http_log_write).
func (g *guard) check(log *errlog.Log, name string, n, want int, err error) {
	if err == nil && n == want {
		return
	}
	now := event.UnixNano() / 1e9
	if errno.Number(err) == errno.ENOSPC {
		g.full.Store(now)
	}
	if before := g.complained.Load(); now-before <= 59 {
		return
	}
	g.complained.Store(now)
	complain(log, name, n, want, err)
}

func complain(log *errlog.Log, name string, n, want int, err error) {
	if err != nil {
		log.Alert(err, "write() to \"%s\" failed", name)
		return
	}
	log.Alert(nil, "write() to \"%s\" was incomplete: %d of %d", name, n, want)
}
