package httpd

import "moongate/edge/wire/http1"

// holding is where a response goes that is not to be sent yet.
type holding struct {
	keep  func(in []Buf) error
	begun bool // there is a header
}

// Hold holds back what a content handler answers: SendHeader runs no filters and sends
// nothing, the parts of the body go to keep. It ends with Unhold.
func (r *Request) Hold(keep func(in []Buf) error) { r.held = &holding{keep: keep} }

// Unhold ends Hold, and tells whether there was a header. The response can be sent then,
// or another one: nothing has left the server.
func (r *Request) Unhold() (begun bool) {
	begun = r.held.begun
	r.held = nil
	r.HeaderOnly = false
	return begun
}

func (h *holding) header(r *Request) Result {
	h.begun = true
	r.HeaderOnly = r.HeaderOnly || r.Method == http1.HEAD
	return OK
}
