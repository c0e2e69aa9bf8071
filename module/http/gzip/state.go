package gzip

import (
	"sync"
	"time"

	"moongate/engine/httpd"

	"github.com/klauspost/compress/gzip"
)

// writers are compressors that are not in use, by level.
var writers [10]sync.Pool

// state is the compression of one response.
type state struct {
	level int
	eager bool
	z     *gzip.Writer
	out   []byte // made and not yet passed on
	in    int64
	made  int64
	done  bool
}

// chunk is how much compressed output is gathered before it is passed on.
const chunk = 8 << 10

// Write gathers what the compressor makes.
func (s *state) Write(p []byte) (int, error) {
	s.out = append(s.out, p...)
	return len(p), nil
}

func (s *state) open() {
	if z, ok := writers[s.level].Get().(*gzip.Writer); ok {
		s.z = z
		z.Reset(s)
	} else {
		s.z, _ = gzip.NewWriterLevel(s, s.level) // 1 to 9 are all legal
	}
	s.z.OS, s.z.ModTime = 3, time.Unix(0, 0) // Unix and no time, as zlib writes
}

func (s *state) release() {
	if s.z != nil {
		s.z.Reset(nil)
		writers[s.level].Put(s.z)
		s.z = nil
	}
}

// filter is the body filter (ngx_http_gzip_body_filter).
func (s *state) filter(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	if s.done {
		return next.Write(in)
	}
	if s.z == nil {
		s.open()
	}
	flush, last := s.eager, false
	err := httpd.InMemory(r, in, func(b httpd.Buf) error {
		if len(b.B) > 0 {
			s.in += int64(len(b.B))
			if _, err := s.z.Write(b.B); err != nil {
				return err
			}
		}
		flush, last = flush || b.Flush, last || b.Last
		if len(s.out) >= chunk && !last {
			return s.pass(next, false, false)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case last:
		s.done = true
		if err := s.z.Close(); err != nil {
			return err
		}
		err := s.pass(next, false, true)
		s.release()
		return err
	case flush:
		if err := s.z.Flush(); err != nil {
			return err
		}
		return s.pass(next, true, false)
	}
	return nil
}

// pass hands on what has been made so far.
func (s *state) pass(next httpd.Sink, flush, last bool) error {
	s.made += int64(len(s.out))
	one := [1]httpd.Buf{{B: s.out, Flush: flush, Last: last}}
	err := next.Write(one[:])
	s.out = s.out[:0]
	return err
}

// ratio is $gzip_ratio (ngx_http_gzip_ratio_variable).
func ratio(r *httpd.Request) (string, bool) {
	s := slot.Get(r)
	if s == nil || s.made == 0 {
		return "", false
	}
	return r.Copy(appendRatio(nil, s.in, s.made)), true
}
