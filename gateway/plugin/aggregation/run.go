package aggregation

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/shape"
)

// isFor tells whether clients of a class get the part.
func (p *part) isFor(class string) bool {
	return len(p.Classes) == 0 || slices.Contains(p.Classes, class)
}

func (i *instance) deadline(class string) time.Duration {
	ms := i.Timeout
	if n, ok := i.Deadlines[class]; ok && class != "" {
		ms = n
	}
	return time.Duration(ms) * time.Millisecond
}

// step is where a part stands.
type step uint8

const (
	waiting step = iota // for others, or for its turn
	asked
	over
)

// piece is a part in one request.
type piece struct {
	*part
	step  step
	ask   plugin.Ask
	under plugin.Asking
	timer *event.Timer
	late  bool // its time was over
	reply plugin.Reply
	body  []byte // as it comes

	value  []byte // JSON
	why    string // it is missing: "timeout", "status 503"; "" if it is not
	status int    // of a service that has said no
	given  string // in its place: null, default, stale
}

// run is one request.
type run struct {
	i      *instance
	x      *plugin.Context
	end    time.Duration // by event.Mono
	pieces []piece
	wake   event.Waiter
	hook   event.CloseHook

	mu   sync.Mutex
	done []int // pieces whose service has answered, or can't
	got  int64 // bytes of all
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	if i.body {
		if res := r.ReadBody(); res != httpd.OK {
			return res
		}
	}
	u := &run{i: i, x: x, end: event.Mono() + i.deadline(x.Class), pieces: make([]piece, len(i.Parts))}
	for k := range i.Parts {
		p := &u.pieces[k]
		if p.part = &i.Parts[k]; !p.isFor(x.Class) {
			p.step = over
		}
	}
	here := u.all()
	u.log()
	if !here {
		return 499
	}
	return u.answer()
}

// all asks all parts. It is false when the client has gone.
func (u *run) all() bool {
	r := u.x.R
	u.hook.Func = u.wake.Wake
	r.WatchClient(&u.hook)
	defer r.WatchClient(nil)
	here, running := true, 0
	for {
		running -= u.collect()
		switch {
		case here && r.ClientGone():
			here = false
			u.stop("")
		case u.failed():
			u.stop("not waited for")
		default:
			running += u.begin(running)
		}
		if running == 0 && len(u.doneNow()) == 0 && !u.left() {
			return here
		}
		if running > 0 {
			u.wake.Wait()
		}
	}
}

// doneNow is what has come and is not collected yet.
func (u *run) doneNow() []int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.done
}

// left tells whether a part is still to be asked.
func (u *run) left() bool {
	return slices.ContainsFunc(u.pieces, func(p piece) bool { return p.step == waiting })
}

// failed tells whether a part is missing that must not be.
func (u *run) failed() bool {
	return slices.ContainsFunc(u.pieces, func(p piece) bool { return p.why != "" && p.OnFailure == "fail" })
}

// stop ends what is under way, and begins nothing more.
func (u *run) stop(why string) {
	for k := range u.pieces {
		switch p := &u.pieces[k]; p.step {
		case waiting:
			p.step, p.why = over, why
		case asked:
			p.under.Stop()
		}
	}
}

// begin asks parts that need not wait, and gives how many.
func (u *run) begin(running int) (begun int) {
	for again := true; again; {
		again = false
		for k := range u.pieces {
			p := &u.pieces[k]
			if p.step != waiting || running+begun >= u.i.Parallel || !u.ready(p) {
				continue
			}
			if why := u.start(k); why != "" {
				u.miss(p, why)
				again = true // others may have waited for it
				continue
			}
			begun++
		}
	}
	return begun
}

// ready tells whether all has answered that a part needs.
func (u *run) ready(p *piece) bool {
	return !slices.ContainsFunc(p.after, func(k int) bool { return u.pieces[k].step != over })
}

// start asks a part's service, or says why not.
func (u *run) start(k int) (why string) {
	p := &u.pieces[k]
	left := u.end - event.Mono()
	if p.Timeout > 0 {
		left = min(left, time.Duration(p.Timeout)*time.Millisecond)
	}
	if left <= 0 {
		return string(plugin.TimedOut)
	}
	if why := u.question(p); why != "" {
		return why
	}
	a, failed := u.x.Ask(&p.ask)
	if failed != plugin.NotFailed {
		return string(failed)
	}
	p.under, p.step = a, asked
	p.timer = u.x.R.Loop().AfterFunc(left, func() {
		u.mu.Lock()
		p.late = true
		u.mu.Unlock()
		a.Stop()
	})
	u.x.R.Loop().Go(func() {
		reply := a.Run()
		u.mu.Lock()
		p.reply = reply
		u.done = append(u.done, k)
		u.mu.Unlock()
		u.wake.Wake()
	})
	return ""
}

var errTooLong = errors.New("too long")

// take keeps a part of an answer's body. Memory that all bodies take together is bounded.
func (u *run) take(p *piece, in []byte) error {
	u.mu.Lock()
	u.got += int64(len(in))
	long := u.got > u.i.Most
	u.mu.Unlock()
	if long {
		return errTooLong
	}
	p.body = append(p.body, in...)
	return nil
}

// collect looks at what has come, and gives how many parts that were.
func (u *run) collect() int {
	u.mu.Lock()
	done := u.done
	u.done = nil
	u.mu.Unlock()
	for _, k := range done {
		p := &u.pieces[k]
		p.timer.Stop()
		p.under.Free()
		u.judge(p)
	}
	return len(done)
}

// judge decides whether an answer counts.
func (u *run) judge(p *piece) {
	u.mu.Lock()
	late, long := p.late, u.got > u.i.Most
	u.mu.Unlock()
	r := &p.reply
	switch {
	case r.Failed == plugin.Stopped && late:
		u.miss(p, string(plugin.TimedOut))
	case r.Failed == plugin.Incomplete && long:
		u.miss(p, "too long")
	case r.Failed == plugin.Stopped:
		u.miss(p, "not waited for")
	case r.Failed != plugin.NotFailed:
		u.miss(p, string(r.Failed))
	case !p.accepts(r.Status):
		p.status = r.Status
		u.miss(p, "status "+itoa(r.Status))
	default:
		doc, ok := shape.Trim(p.body)
		if !ok {
			u.miss(p, "no JSON")
			return
		}
		if p.from != nil {
			if doc, ok = shape.Find(doc, p.from); !ok {
				u.miss(p, "nothing at "+p.From)
				return
			}
		}
		p.step, p.value = over, doc
		u.keep(p)
	}
}

func (p *part) accepts(status int) bool {
	if len(p.Statuses) > 0 {
		return slices.Contains(p.Statuses, status)
	}
	return status/100 == 2
}

// miss gives what stands in the place of a part.
func (u *run) miss(p *piece, why string) {
	p.step, p.why, p.value = over, why, nil
	switch p.OnFailure {
	case "null":
		p.value, p.given = []byte("null"), "null"
	case "default":
		p.value, p.given = p.Default, "default"
	case "stale":
		if p.value = u.last(p); p.value != nil {
			p.given = "stale"
		}
	}
}

// Value implements transform.Values: a path of part and members.
func (u *run) Value(path string) (string, bool) {
	name, rest, deeper := strings.Cut(path, ".")
	for k := range u.pieces {
		p := &u.pieces[k]
		if p.Name != name || p.value == nil {
			continue
		}
		doc := p.value
		if deeper {
			names, err := shape.Split(rest)
			if err != nil {
				return "", false
			}
			var ok bool
			if doc, ok = shape.Find(doc, names); !ok {
				return "", false
			}
		}
		return shape.Text(doc)
	}
	return "", false
}

// question makes what a part's service is asked.
func (u *run) question(p *piece) (why string) {
	component := func(b []byte, v string) []byte { return http1.AppendEscaped(b, v, http1.EscapeComponent) }
	plain := func(b []byte, v string) []byte { return append(b, v...) }
	a := &p.ask
	*a = plugin.Ask{Service: p.Service, Method: p.Method, PassBody: p.PassBody, Take: func(in []byte) error { return u.take(p, in) }}
	var ok bool
	if a.Path, ok = p.path.With(u.x, u, component); !ok {
		return "needs another part"
	}
	for segment := range strings.SplitSeq(a.Path, "/") {
		if segment == "." || segment == ".." {
			return "bad path" // a value must not lead elsewhere
		}
	}
	var query []byte
	for _, q := range p.query {
		v, ok := q.value.With(u.x, u, component)
		if !ok {
			return "needs another part"
		}
		if query != nil {
			query = append(query, '&')
		}
		query = append(component(query, q.name), '=')
		query = append(query, v...)
	}
	a.Query = string(query)
	for _, h := range p.headers {
		v, ok := h.value.With(u.x, u, plain)
		if !ok {
			return "needs another part"
		}
		if strings.ContainsAny(v, "\r\n\x00") {
			return "bad header"
		}
		a.Header = append(a.Header, http1.Header{Name: h.name, Value: v})
	}
	return ""
}
