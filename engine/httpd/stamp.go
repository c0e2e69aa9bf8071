package httpd

import (
	"sync/atomic"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// stamp is what the header of nearly every response begins with behind its
// status line, the same for a second: Server, as server_tokens has it, and Date
// (ngx_cached_http_time).
type stamp struct {
	second int64
	lines  [len(errorPages)]string
}

// stamps keeps the one of this second.
type stamps struct{ now atomic.Pointer[stamp] }

func (s *stamps) text(t tokens) string {
	now := event.UnixNano() / 1e9
	st := s.now.Load()
	if st == nil || st.second != now {
		st = &stamp{second: now}
		var date [http1.DateLen]byte
		text := string(http1.AppendDate(date[:0], now))
		for i := range st.lines {
			st.lines[i] = tokens(i).line() + "Date: " + text + "\r\n"
		}
		s.now.Store(st)
	}
	return st.lines[t]
}
