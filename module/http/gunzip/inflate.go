package gunzip

import (
	"errors"
	"io"
	"iter"

	"moongate/core/errlog"
	"moongate/engine/httpd"

	"github.com/klauspost/compress/gzip"
)

// inflater is the decompression of one response. The library reads; a filter is
// written to. Between the two stands a coroutine, which is run as far as the bytes
// that have come allow, and never waits for anything else.
type inflater struct {
	resume func() (want, bool)
	stop   func()
	yield  func(want) bool

	in   []byte
	end  bool // nothing follows in
	out  []byte
	err  error
	done bool
}

// chunk is how much output is gathered before it is passed on.
const chunk = 8 << 10

// want is why the coroutine has stopped.
type want uint8

const (
	wantInput want = iota
	wantRoom
)

var errStopped = errors.New("stopped")

// Read gives the coroutine what has come.
func (f *inflater) Read(p []byte) (int, error) {
	for len(f.in) == 0 {
		if f.end {
			return 0, io.EOF
		}
		if !f.yield(wantInput) {
			return 0, errStopped
		}
	}
	n := copy(p, f.in)
	f.in = f.in[n:]
	return n, nil
}

// run is the coroutine.
func (f *inflater) run(yield func(want) bool) {
	f.yield = yield
	z, err := gzip.NewReader(f)
	var buf [chunk]byte // not out: that may be taken while Read waits for input
	for err == nil {
		var n int
		n, err = z.Read(buf[:])
		f.out = append(f.out, buf[:n]...)
		if len(f.out) >= chunk && !yield(wantRoom) {
			return
		}
	}
	if err != io.EOF {
		f.err = err
	}
}

func (f *inflater) close() {
	if f.stop != nil {
		f.stop()
	}
}

// filter is the body filter (ngx_http_gunzip_body_filter).
func (f *inflater) filter(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	if f.done {
		return next.Write(in)
	}
	if f.resume == nil {
		f.resume, f.stop = iter.Pull(f.run)
	}
	err := httpd.InMemory(r, in, func(b httpd.Buf) error {
		f.in = b.B
		f.end = b.Last
		if len(b.B) == 0 && !b.Last && !b.Flush {
			return nil
		}
		if err := f.pump(next); err != nil {
			return err
		}
		if b.Last {
			f.done = true
		}
		if b.Last || b.Flush {
			return f.pass(next, b.Flush, b.Last)
		}
		return nil
	})
	if f.err != nil {
		r.Logf(errlog.Error, "inflate() failed: %s", f.err)
		f.done = true
		return f.err
	}
	return err
}

// pump runs the coroutine until it wants more input or has ended.
func (f *inflater) pump(next httpd.Sink) error {
	for {
		w, more := f.resume()
		switch {
		case !more:
			return f.err
		case w == wantInput:
			return nil
		}
		if err := f.pass(next, false, false); err != nil {
			return err
		}
	}
}

// pass hands on what has been made so far.
func (f *inflater) pass(next httpd.Sink, flush, last bool) error {
	one := [1]httpd.Buf{{B: f.out, Flush: flush, Last: last}}
	err := next.Write(one[:])
	f.out = f.out[:0]
	return err
}
