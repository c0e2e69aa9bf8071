package log

import (
	"sync/atomic"

	"moongate/edge/sys/event"
)

// stamp is a second, as logs write it.
type stamp struct {
	second int64
	local  string
	iso    string
}

var last atomic.Pointer[stamp]

// stampNow is the second of the engine's clock, formatted once in it
// (ngx_time_update).
func stampNow() *stamp {
	s := last.Load()
	if second := event.UnixNano() / 1e9; s == nil || s.second != second {
		now := event.Now()
		s = &stamp{second, now.Format("02/Jan/2006:15:04:05 -0700"), now.Format("2006-01-02T15:04:05-07:00")}
		last.Store(s)
	}
	return s
}
