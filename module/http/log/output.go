package log

import (
	"bytes"
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"

	"github.com/klauspost/compress/gzip"
)

// output is a log file with the buffer that all access_logs of it share
// (ngx_http_log_buf_t).
type output struct {
	file  *cycle.OpenFile
	guard guard

	size       int // 0: not buffered
	flushAfter time.Duration
	gzip       int

	mu     sync.Mutex
	buf    []byte
	timer  *event.Timer
	report *errlog.Log // for what happens outside of requests
}

// buffered gives the file a buffer; the cycle has it flushed before the file is
// reopened or closed.
func (o *output) buffered(size int, flush time.Duration, level int) {
	o.size, o.flushAfter, o.gzip = size, flush, level
	o.file.Flush = o.flush
}

// write adds a line of a request.
func (o *output) write(r *httpd.Request, line []byte) {
	if o.size == 0 {
		n, err := o.file.Write(line)
		o.guard.check(r.ErrorLog(), o.file.Name(), n, len(line), err)
		return
	}
	o.mu.Lock()
	if len(o.buf)+len(line) > o.size {
		o.out(r.ErrorLog(), o.buf)
		o.buf = o.buf[:0]
	}
	if len(line) > o.size {
		o.stop()
		o.out(r.ErrorLog(), line)
		o.mu.Unlock()
		return
	}
	if o.buf == nil {
		o.buf = make([]byte, 0, o.size)
		o.report = &r.Worker().Cycle.Log
	}
	if len(o.buf) == 0 && o.flushAfter != 0 {
		o.start(r)
	}
	o.buf = append(o.buf, line...)
	o.mu.Unlock()
}

// start runs the timer of the first line in an empty buffer.
func (o *output) start(r *httpd.Request) {
	if o.timer != nil {
		o.timer.Reset(o.flushAfter)
		return
	}
	o.timer = r.Loop().AfterFunc(o.flushAfter, o.flush)
}

func (o *output) stop() {
	if o.timer != nil {
		o.timer.Stop()
	}
}

// out writes a full buffer, or a line that is longer than a buffer.
func (o *output) out(log *errlog.Log, p []byte) {
	if len(p) > 0 {
		n, err := o.put(p)
		o.guard.check(log, o.file.Name(), n, len(p), err)
	}
}

// flush writes what is there (ngx_http_log_flush).
func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stop()
	if len(o.buf) == 0 {
		return
	}
	n, err := o.put(o.buf)
	if o.report != nil && (err != nil || n != len(o.buf)) {
		complain(o.report, o.file.Name(), n, len(o.buf), err)
	}
	o.buf = o.buf[:0]
}

// put writes to the file, compressed if that is wanted: each time a gzip member
// of its own, so that the file can be read at any moment.
func (o *output) put(p []byte) (int, error) {
	if o.gzip == 0 {
		return o.file.Write(p)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, o.gzip)
	if err != nil {
		return 0, err
	}
	z.OS, z.ModTime = 3, time.Unix(0, 0) // as zlib writes
	z.Write(p)                           // a buffer takes everything
	z.Close()
	n, err := o.file.Write(packed.Bytes())
	if err == nil && n == packed.Len() {
		n = len(p)
	}
	return n, err
}
