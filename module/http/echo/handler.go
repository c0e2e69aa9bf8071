package echo

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// state is one request's way through its commands.
type state struct {
	out     []byte
	split   string // what is left of echo_foreach_split's text
	delim   string
	it      string
	from    int // the command behind echo_foreach_split; 0 outside
	at      int
	skip    bool
	looping bool
	jobs    []*job // of echo_*_async, not written yet
	started time.Time
	count   atomic.Int64 // $echo_incr
	aborted atomic.Bool  // by echo_abort_parent of a subrequest
}

var slot = httpd.NewSlot[state]()

func stateOf(r *httpd.Request) *state {
	s := slot.Get(r)
	if s == nil {
		s = &state{started: r.Start}
		slot.Put(r, s)
	}
	return s
}

// handle is the content handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	s := stateOf(r)
	for s.at = 0; s.at < len(cf.cmds) && !s.aborted.Load(); s.at++ {
		c := &cf.cmds[s.at]
		if s.skip {
			if c.ends {
				s.skip = false
			}
			continue
		}
		if res := c.run(r, s, c); res != httpd.OK {
			return res
		}
	}
	if res := s.header(r); res != httpd.OK {
		return res
	}
	if res := s.drain(r); res != httpd.OK {
		return res
	}
	one := [1]httpd.Buf{{B: s.out, Last: true}}
	return result(r.WriteBufs(one[:]))
}

func result(err error) httpd.Result {
	if err != nil {
		return httpd.Error
	}
	return httpd.OK
}

// header sends the header before the first part of the body.
func (s *state) header(r *httpd.Request) httpd.Result {
	if r.HeaderSent {
		return httpd.OK
	}
	if !r.Body.Present() {
		r.DiscardBody()
	}
	r.Out.Status = httpd.Conf[conf](r, Module).status.V
	r.SetContentType()
	r.Out.ClearContentLength()
	r.Out.ClearAcceptRanges(r)
	if res := r.SendHeader(); res == httpd.Error || res > httpd.OK {
		return res
	}
	return httpd.OK
}

// send writes what has been collected. Behind subrequests that are still to be written
// it has to wait.
func (s *state) send(r *httpd.Request, flush bool) httpd.Result {
	if res := s.header(r); res != httpd.OK {
		return res
	}
	if len(s.out) == 0 && !flush || len(s.jobs) > 0 {
		return httpd.OK
	}
	one := [1]httpd.Buf{{B: s.out, Flush: flush}}
	err := r.WriteBufs(one[:])
	s.out = s.out[:0]
	return result(err)
}

func (c *command) text(dst []byte, r *httpd.Request) []byte {
	for i, a := range c.args {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, a.Eval(r)...)
	}
	if c.line {
		dst = append(dst, '\n')
	}
	return dst
}

func echo(r *httpd.Request, s *state, c *command) httpd.Result {
	s.out = c.text(s.out, r)
	return s.part(r)
}

// part lets body filters see what one command writes as a part of its own.
func (s *state) part(r *httpd.Request) httpd.Result {
	if res := s.header(r); res != httpd.OK {
		return res
	}
	if r.FiltersBody() {
		return s.send(r, false)
	}
	return httpd.OK
}

// duplicate writes a text several times, in portions when that is much.
func duplicate(r *httpd.Request, s *state, c *command) httpd.Result {
	count := c.args[0].Eval(r)
	n, ok := directive.ParseInt(strings.ReplaceAll(count, "_", ""))
	if !ok {
		r.Logf(errlog.Error, "invalid size specified: \"%s\"", count)
		return 500
	}
	text := c.args[1].Eval(r)
	if text == "" {
		n = 0
	}
	for ; n > 0; n-- {
		s.out = append(s.out, text...)
		if len(s.out) >= portion {
			if res := s.drain(r); res != httpd.OK {
				return res
			}
			if res := s.send(r, false); res != httpd.OK {
				return res
			}
		}
	}
	return s.part(r)
}

const portion = 64 << 10

func flush(r *httpd.Request, s *state, _ *command) httpd.Result { return s.send(r, true) }

func sleep(r *httpd.Request, s *state, c *command) httpd.Result {
	text := c.args[0].Eval(r)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n < maxSleep) {
		r.Logf(errlog.Error, "invalid sleep duration \"%s\"", text)
		return 500
	}
	s.begin(r)
	if len(s.out) > 0 {
		if res := s.send(r, false); res != httpd.OK {
			return res
		}
	}
	event.Sleep(time.Duration(n * float64(time.Second)))
	return httpd.OK
}

// maxSleep is in seconds, and below what a time.Duration holds.
const maxSleep = 1 << 32

func resetTimer(_ *httpd.Request, s *state, _ *command) httpd.Result {
	event.UpdateTime()
	s.started = event.Now()
	return httpd.OK
}

func readBody(r *httpd.Request, _ *state, _ *command) httpd.Result { return r.ReadBody() }

func writeBody(r *httpd.Request, s *state, _ *command) httpd.Result {
	if f := r.Body.File; f != nil {
		if res := s.drain(r); res != httpd.OK {
			return res
		}
		if res := s.send(r, false); res != httpd.OK {
			return res
		}
		one := [1]httpd.Buf{{File: f, End: f.Size}}
		return result(r.WriteBufs(one[:]))
	}
	s.out = append(s.out, r.Body.Mem...)
	return httpd.OK
}

func exec(r *httpd.Request, _ *state, c *command) httpd.Result {
	uri := c.args[0].Eval(r)
	args := ""
	if len(c.args) > 1 {
		args = c.args[1].Eval(r)
	}
	if strings.HasPrefix(uri, "@") {
		return r.NamedLocation(uri)
	}
	path, more, ok := r.UnsafeURI(uri)
	if !ok {
		return 500
	}
	if more != "" {
		if args != "" {
			args = r.Concat(more, "&", args)
		} else {
			args = more
		}
	}
	return r.InternalRedirect(path, args)
}

// abortParent ends the response of the request that has made this subrequest where it
// is now, when that is one of ours.
func abortParent(r *httpd.Request, _ *state, _ *command) httpd.Result {
	if r.Parent != nil {
		if p := slot.Get(r.Parent); p != nil {
			p.aborted.Store(true)
		}
	}
	return httpd.OK
}
