package echo

import (
	"bytes"

	"moongate/engine/httpd"
)

// later puts a subrequest behind what has been written so far. It begins when the
// commands are through, or wait for something.
func (s *state) later(r *httpd.Request, j *job) httpd.Result {
	if j == nil {
		return 500
	}
	if res := s.header(r); res != httpd.OK {
		return res
	}
	j.before, s.out = s.out, nil
	s.jobs = append(s.jobs, j)
	return httpd.OK
}

// begin starts what has been put off.
func (s *state) begin(r *httpd.Request) {
	for _, j := range s.jobs {
		if !j.begun {
			j.beside(r)
		}
	}
}

// beside runs the subrequest on a goroutine of its own and keeps what it says.
func (j *job) beside(r *httpd.Request) {
	j.begun = true
	j.spec.Capture = func(_ *httpd.Request, in []httpd.Buf) error {
		for i := range in {
			b := in[i]
			switch {
			case b.File != nil:
				b.File = b.File.Share()
			case len(b.B) == 0:
				continue
			default:
				b.B = bytes.Clone(b.B)
			}
			b.Flush, b.Last = false, false
			j.parts = append(j.parts, b)
		}
		return nil
	}
	stateOf(r.Main) // which they all use
	if !j.make(r) {
		j.res = httpd.Error
		j.ended.Wake()
		return
	}
	r.Loop().Go(func() {
		j.res = j.req.Run()
		j.ended.Wake()
	})
}

// drain writes the responses of the subrequests that were put off, in order. The first
// one that has not begun writes by itself, the others are kept until it is their turn.
func (s *state) drain(r *httpd.Request) httpd.Result {
	jobs := s.jobs
	if len(jobs) == 0 {
		return httpd.OK
	}
	direct := !jobs[0].begun
	jobs[0].begun = true
	s.begin(r)
	s.jobs = nil
	tail := s.out
	res := httpd.OK
	for i, j := range jobs {
		skip := res != httpd.OK || s.aborted.Load()
		if !skip {
			s.out = j.before
			res = s.send(r, false)
			skip = res != httpd.OK
		}
		if i == 0 && direct {
			if !skip {
				res = j.alone(r)
			}
			continue
		}
		j.ended.Wait()
		if !skip && j.res != httpd.Error {
			res = result(r.WriteJoined(j.parts))
		}
		j.free()
	}
	s.out = tail
	if s.aborted.Load() {
		s.out = s.out[:0]
	}
	return res
}

// alone runs a subrequest here.
func (j *job) alone(r *httpd.Request) httpd.Result {
	stateOf(r.Main)
	if !j.make(r) {
		return 500
	}
	res := j.req.Run()
	j.req.Free()
	if res == httpd.Error {
		return res
	}
	return httpd.OK
}

func (j *job) free() {
	for _, p := range j.parts {
		if p.File != nil {
			p.File.Close()
		}
	}
	if j.req != nil {
		j.req.Free()
	}
}
