package httpd

import "moongate/edge/wire/http1"

// holding is where a response goes that is not to be sent yet.
type holding struct {
	keep  func(in []Buf) error
	wants func() bool // nil: all responses
	begun bool        // there is a header
}

// Hold holds back what a content handler answers: SendHeader runs no filters and sends
// nothing, the parts of the body go to keep. It ends with Unhold.
func (r *Request) Hold(keep func(in []Buf) error) { r.held = &holding{keep: keep} }

// HoldIf is Hold for the responses that wants says so of when there is a header; others go
// on their way, and Unhold says that nothing was held.
func (r *Request) HoldIf(wants func() bool, keep func(in []Buf) error) {
	r.held = &holding{keep: keep, wants: wants}
}

// Unhold ends Hold, and tells whether there was a header. The response can be sent then,
// or another one: nothing has left the server.
func (r *Request) Unhold() (begun bool) {
	if r.held == nil {
		return false
	}
	begun = r.held.begun
	r.held = nil
	r.HeaderOnly = false
	return begun
}

func (h *holding) header(r *Request) Result {
	if h.wants != nil && !h.wants() {
		r.held = nil
		return r.SendHeader()
	}
	h.begun = true
	r.HeaderOnly = r.HeaderOnly || r.Method == http1.HEAD
	return OK
}
