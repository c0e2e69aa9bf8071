package admin

import (
	"fmt"
	"slices"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// action is what can be done with a release, and in which states.
type action struct {
	from []string
	to   string
	past string
}

var actions = map[string]action{
	"promote": {[]string{"running", "paused"}, "promoted", "promoted"},
	"pause":   {[]string{"running"}, "paused", "paused"},
	"resume":  {[]string{"paused"}, "running", "resumed"},
	"abort":   {[]string{"running", "paused"}, "aborted", "aborted"},
}

// release is POST /releases/X/promote and its like: a patch with rules. What is
// so already is left as it is.
func (c *call) release() *reply {
	in, err := c.read(maxBody, false)
	if err != nil {
		return c.failed(err)
	}
	if in.form != nil {
		in.doc = in.form.document(&schema.Shape{})
	}
	name := c.path[2]
	do := actions[name]
	reason, _ := in.doc["reason"].(string)
	if reason == "" {
		reason = do.past + " by " + c.who.Name
	}
	var made *entity.Document
	w := c.wish(name + " release " + c.path[1])
	w.Do = func(s *entity.State, now moment) (*entity.Result, error) {
		d := s.Find("releases", c.path[1])
		if d == nil {
			return nil, notFound()
		}
		if err := c.precondition(s, &target{kind: c.model.Kind("releases"), id: d.ID}); err != nil {
			return nil, err
		}
		made = d
		state, _ := d.Fields()["state"].(string)
		if state == do.to {
			return &entity.Result{State: s}, nil
		}
		if !slices.Contains(do.from, state) {
			text := fmt.Sprintf("a release that is %s cannot be %s", state, do.past)
			return nil, &schema.Error{Status: 409, Code: schema.CodeUnsupported, Name: "operation unsupported", Message: text, Fields: map[string]any{"state": text}}
		}
		patch := map[string]any{"state": do.to, "reason": reason}
		if name == "resume" { // its step begins anew
			patch["step_at"] = schema.Normal(float64(now.UnixMilli()) / 1000)
		}
		r, err := s.Apply([]entity.Op{{Verb: entity.Patch, Kind: "releases", ID: d.ID, Doc: patch}}, now)
		if err == nil {
			made = r.Documents[0]
		}
		return r, err
	}
	r, a := c.write(w)
	if a != nil {
		return a
	}
	if c.query.on("dry_run") {
		return c.dryRun(r, made)
	}
	body := c.show(r.State, made)
	return c.revised(ok(body), r).set("ETag", etag(body))
}
