package httpd

import (
	"strings"
	"sync/atomic"
)

// CloneBeside runs a copy of the request beside it, from the content phase on and with the
// same settings, and throws its answer away: a cache gets a response anew while the client
// has the old one (NGX_HTTP_SUBREQUEST_CLONE and _BACKGROUND). The client's request does
// not end before the copy; a subrequest may. prepare may put something into its slots.
func (r *Request) CloneBeside(prepare func(q *Request)) error {
	q, err := r.clone(func(*Request, []Buf) error { return nil })
	if err != nil {
		return err
	}
	r.Main.PreserveBody = true
	q.Background, q.HeaderOnly = true, true
	if !r.IsMain() {
		q.own(r)
	}
	prepare(q)
	r.RunBeside(q)
	return nil
}

// RunClone runs such a copy and waits for it: the request asks the same in pieces. The
// copy's body goes to capture.
func (r *Request) RunClone(prepare func(q *Request), capture func(q *Request, in []Buf) error) error {
	q, err := r.clone(capture)
	if err != nil {
		return err
	}
	prepare(q)
	q.Run()
	q.Free()
	atomic.AddInt32(&r.Main.subrequests, -1) // there may be very many, one after the other
	return nil
}

func (r *Request) clone(capture func(q *Request, in []Buf) error) (*Request, error) {
	q, err := r.Subrequest(Sub{URI: r.URI, Args: r.Args, Method: r.MethodName, CopyVars: true, Capture: capture})
	if err != nil {
		return nil, err
	}
	q.setLocation(r.Loc)
	q.handler, q.entry = r.handler, fromContent
	q.Internal, q.ValidURI, q.Quoted, q.Plus = r.Internal, r.ValidURI, r.Quoted, r.Plus
	q.Relocated, q.AddURIToAlias, q.Exten = r.Relocated, r.AddURIToAlias, r.Exten
	q.caps = Captures{append(q.caps.offsets[:0], r.caps.offsets...), r.caps.subject}
	return q, nil
}

// own copies what lies in the memory of the subrequest that this one was cloned from.
func (q *Request) own(r *Request) {
	q.Parent = q.Main
	for _, s := range []*string{&q.URI, &q.Args, &q.Exten, &q.MethodName, &q.caps.subject} {
		*s = strings.Clone(*s)
	}
	for i := range q.In.List {
		h := &q.In.List[i]
		h.Name, h.Value = strings.Clone(h.Name), strings.Clone(h.Value)
	}
	if q.Body.Mem != nil {
		q.Body.Mem = append([]byte(nil), q.Body.Mem...)
	}
	if !r.sharedVars {
		for i := range q.vars {
			q.vars[i].value = strings.Clone(q.vars[i].value)
		}
	}
}
