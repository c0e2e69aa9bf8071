package log

import (
	"sync"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// scratch holds a line while it is made: what a variable computes may wait, and
// nobody may wait while holding a file's buffer.
var scratch = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// handle is ngx_http_log_handler.
func handle(r *httpd.Request) httpd.Result {
	if r.Debugging() {
		r.Debugf("http log handler")
	}
	for _, t := range httpd.Conf[conf](r, Module).logs {
		if t.filter != nil {
			if v := t.filter.Eval(r); v == "" || v == "0" {
				continue
			}
		}
		if t.full() {
			continue
		}
		buf := scratch.Get().(*[]byte)
		line := (*buf)[:0]
		for i := range t.format.ops {
			o := &t.format.ops[i]
			line = o.run(line, r, o)
		}
		switch {
		case t.out != nil:
			line = append(line, '\n')
			t.out.write(r, line)
		case t.syslog != nil:
			if !t.syslog.Send(line) {
				r.Logf(errlog.Warn, "send() to syslog failed")
			}
		default:
			line = append(line, '\n')
			t.writePath(r, line)
		}
		*buf = line
		scratch.Put(buf)
	}
	return httpd.OK
}

// full tells whether the file's disk was found full in this very second.
func (t *target) full() bool {
	g := &t.guard
	if t.out != nil {
		g = &t.out.guard
	}
	full := g.full.Load()
	return full != 0 && full == event.UnixNano()/1e9
}
