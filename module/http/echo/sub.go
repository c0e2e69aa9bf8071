package echo

import (
	"os"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// location runs a subrequest whose body goes where it stands.
func location(r *httpd.Request, s *state, c *command) httpd.Result {
	return s.run(r, readLocation(r, c))
}

func locationAsync(r *httpd.Request, s *state, c *command) httpd.Result {
	return s.later(r, readLocation(r, c))
}

// subrequest is echo_subrequest METHOD URI [-q ARGS] [-b BODY] [-f FILE].
func subrequest(r *httpd.Request, s *state, c *command) httpd.Result { return s.run(r, readSub(r, c)) }

func subrequestAsync(r *httpd.Request, s *state, c *command) httpd.Result {
	return s.later(r, readSub(r, c))
}

// job is a subrequest to be made.
type job struct {
	spec   httpd.Sub
	body   []byte
	before []byte // what stands between the job in front and this one
	req    *httpd.Request
	parts  []httpd.Buf // what it has said
	begun  bool
	ended  event.Waiter
	res    httpd.Result
}

// readLocation gives the subrequest of echo_location, nil when it is wrong.
func readLocation(r *httpd.Request, c *command) *job {
	j := &job{}
	if len(c.args) > 1 {
		j.spec.Args = c.args[1].Eval(r)
	}
	return j.to(r, c.args[0].Eval(r))
}

func readSub(r *httpd.Request, c *command) *job {
	j := &job{spec: httpd.Sub{Method: c.args[0].Eval(r)}}
	for i := 2; i < len(c.args); i += 2 {
		option := c.args[i].Eval(r)
		if i+1 == len(c.args) {
			r.Logf(errlog.Error, "option \"%s\" takes a value", option)
			return nil
		}
		v := c.args[i+1].Eval(r)
		switch option {
		case "-q":
			j.spec.Args = v
		case "-b":
			j.body = []byte(v)
		case "-f":
			name := r.Server.HTTP().Cycle.Path(v)
			event.Block()
			b, err := os.ReadFile(name)
			if err != nil {
				r.LogErr(errlog.Error, err, "open() \"%s\" failed", name)
				return nil
			}
			j.body = b
		default:
			r.Logf(errlog.Error, "unknown option for echo_subrequest*: \"%s\"", option)
			return nil
		}
	}
	return j.to(r, c.args[1].Eval(r))
}

// to sets the URI. Arguments that are given by themselves count for those in it.
func (j *job) to(r *httpd.Request, uri string) *job {
	path, args, ok := r.UnsafeURI(uri)
	if !ok {
		return nil
	}
	j.spec.URI = path
	if j.spec.Args == "" {
		j.spec.Args = args
	}
	return j
}

// make makes the request. Its variables are its own.
func (j *job) make(r *httpd.Request) bool {
	j.spec.OwnVars = true
	q, err := r.Subrequest(j.spec)
	if err != nil {
		return false
	}
	if j.body != nil {
		q.Body = httpd.Body{}
		q.Body.Set(j.body, nil)
		q.In.ContentLength = int64(len(j.body))
		q.In.Set("Content-Length", itoa(len(j.body)))
	} else if j.spec.Method != "" || q.In.ContentLength > 0 {
		q.In.Del("Content-Length")
		q.In.ContentLength = -1
		q.Body = httpd.Body{}
		q.Body.Set(nil, nil)
	}
	j.req = q
	return true
}

// run makes a subrequest and waits for it.
func (s *state) run(r *httpd.Request, j *job) httpd.Result {
	if j == nil {
		return 500
	}
	if res := s.header(r); res != httpd.OK {
		return res
	}
	if res := s.drain(r); res != httpd.OK {
		return res
	}
	if res := s.send(r, false); res != httpd.OK {
		return res
	}
	return j.alone(r)
}

// foreach begins a loop over the parts of a text.
func foreach(r *httpd.Request, s *state, c *command) httpd.Result {
	if s.looping {
		r.Logf(errlog.Error, "Nested echo_foreach_split not supported yet.")
		return 500
	}
	s.delim, s.split = c.args[0].Eval(r), c.args[1].Eval(r)
	s.from = s.at
	if s.split == "" || !s.next() {
		s.skip = true
	}
	s.looping = !s.skip
	return httpd.OK
}

// next takes the next part; empty ones are left out.
func (s *state) next() bool {
	for s.split != "" {
		part := s.split
		if i := strings.Index(s.split, s.delim); s.delim != "" && i >= 0 {
			part, s.split = s.split[:i], s.split[i+len(s.delim):]
		} else {
			s.split = ""
		}
		if part != "" {
			s.it = part
			return true
		}
	}
	return false
}

func end(_ *httpd.Request, s *state, _ *command) httpd.Result {
	if s.looping = s.next(); s.looping {
		s.at = s.from
	}
	return httpd.OK
}
