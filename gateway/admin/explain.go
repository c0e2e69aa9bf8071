package admin

import (
	"errors"

	"moongate/gateway/explain"
	"moongate/gateway/schema"
)

// explain is POST /explain and POST /releases/X/explain: what would become of a request.
// Nothing is written.
func (c *call) explain() *reply {
	if c.Explainer == nil {
		return notFound()
	}
	in, err := c.read(maxBody, false)
	if err != nil {
		return c.failed(err)
	}
	if in.doc == nil {
		return message(415, "Unsupported media type")
	}
	b, err := schema.Encode(in.doc)
	if err != nil {
		return c.failed(err)
	}
	q, err := explain.Parse(b)
	if err != nil {
		return message(400, err.Error())
	}
	// It takes the time and the memory of all routes and targets, not of one request's.
	leave, free := enter(c.askers)
	if !free {
		return busy()
	}
	defer leave()
	s, revision := c.Desired.Now()
	var out any
	if len(c.path) == 3 {
		out, err = c.Explainer.Release(s, revision, c.path[1], q)
	} else {
		out, err = c.Explainer.Explain(s, revision, q)
	}
	switch {
	case errors.Is(err, explain.ErrNoRelease):
		return notFound()
	case err != nil:
		return message(400, err.Error())
	}
	return ok(out)
}
