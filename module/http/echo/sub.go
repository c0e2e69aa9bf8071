package echo

import (
	"os"
	"strings"

	"moongate/engine/httpd"
)

// location runs a subrequest whose body goes where it stands.
func location(r *httpd.Request, s *state, c *command) httpd.Result {
	args := ""
	if len(c.args) > 1 {
		args = c.args[1].Eval(r)
	}
	return s.sub(r, httpd.Sub{URI: c.args[0].Eval(r), Args: args}, nil)
}

// subrequest is echo_subrequest METHOD URI [-q ARGS] [-b BODY] [-f FILE].
func subrequest(r *httpd.Request, s *state, c *command) httpd.Result {
	spec := httpd.Sub{Method: c.args[0].Eval(r), URI: c.args[1].Eval(r)}
	var body []byte
	for i := 2; i+1 < len(c.args); i += 2 {
		v := c.args[i+1].Eval(r)
		switch c.args[i].Eval(r) {
		case "-q":
			spec.Args = v
		case "-b":
			body = []byte(v)
		case "-f":
			b, err := os.ReadFile(r.Server.HTTP().Cycle.Path(v))
			if err != nil {
				return 500
			}
			body = b
		}
	}
	return s.sub(r, spec, body)
}

func (s *state) sub(r *httpd.Request, spec httpd.Sub, body []byte) httpd.Result {
	if i := strings.IndexByte(spec.URI, '?'); i >= 0 {
		args := spec.URI[i+1:]
		if spec.Args != "" && args != "" {
			args = r.Concat(args, "&", spec.Args)
		} else if spec.Args != "" {
			args = spec.Args
		}
		spec.URI, spec.Args = spec.URI[:i], args
	}
	if spec.URI == "" {
		return 500
	}
	if res := s.send(r, false); res != httpd.OK {
		return res
	}
	q, err := r.Subrequest(spec)
	if err != nil {
		return 500
	}
	if body != nil {
		q.Body = httpd.Body{}
		q.Body.Set(body, nil)
		q.In.ContentLength = int64(len(body))
		q.In.Set("Content-Length", itoa(len(body)))
	} else if spec.Method != "" || q.In.ContentLength > 0 {
		q.In.Del("Content-Length")
		q.In.ContentLength = -1
		q.Body = httpd.Body{}
		q.Body.Set(nil, nil)
	}
	res := q.Run()
	q.Free()
	if res == httpd.Error {
		return res
	}
	return httpd.OK
}

// foreach begins a loop over the parts of a text.
func foreach(r *httpd.Request, s *state, c *command) httpd.Result {
	s.delim, s.split = c.args[0].Eval(r), c.args[1].Eval(r)
	s.from = s.at
	if s.split == "" || !s.next() {
		s.skip = true
	}
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
	if s.next() {
		s.at = s.from
	}
	return httpd.OK
}
