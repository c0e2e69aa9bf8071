package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// operation is one line of a batch.
type operation struct {
	edit
	path string
}

const maxOperations = 10_000

// batch is several requests in one write: each sees what those before it have
// done, and all are kept or none.
func (c *call) batch() *reply {
	leave, free := enter(c.large)
	if !free {
		return busy()
	}
	defer leave()
	in, err := c.read(maxFile, false)
	if err != nil {
		return c.failed(err)
	}
	list, err := c.operations(in)
	if err != nil {
		return c.failed(err)
	}
	var results []outcome
	w := c.wish(fmt.Sprintf("batch of %d operations", len(list)))
	w.Do = func(s *entity.State, now moment) (*entity.Result, error) {
		var sum entity.Result
		var err error
		sum, results, err = runAll(s, list, now)
		return &sum, err
	}
	r, a := c.write(w)
	if a != nil {
		return a
	}
	if c.query.on("dry_run") {
		return c.dryRun(r, nil)
	}
	bodies := make([]any, len(results))
	for i, one := range results {
		m := map[string]any{"status": one.status}
		if one.doc != nil {
			m["body"] = c.show(r.State, one.doc)
		}
		bodies[i] = m
	}
	return c.revised(ok(map[string]any{"revision": r.Revision, "results": bodies}), r)
}

func runAll(s *entity.State, list []operation, now moment) (sum entity.Result, results []outcome, err error) {
	sum.State = s
	var all changeSet
	for i, op := range list {
		r, made, err := op.run(sum.State, now)
		if err != nil {
			return sum, nil, inBatch(i, op, err)
		}
		sum.State = r.State
		all.add(r.Changes)
		results = append(results, made)
	}
	sum.Changes = all.list()
	return sum, results, nil
}

// inBatch says which operation it was.
func inBatch(i int, op operation, err error) error {
	var failures entity.Failures
	var a *reply
	var e *schema.Error
	switch {
	case errors.As(err, &failures) && len(failures) > 0:
		e = failures[0].Error
	case errors.As(err, &e):
	case errors.As(err, &a):
		e = &schema.Error{Status: a.status, Code: schema.CodeNotFound, Name: "not found", Message: "Not found"}
	default:
		return err
	}
	type batchError struct {
		*schema.Error
		Operation int    `json:"operation"`
		Method    string `json:"method"`
		Path      string `json:"path"`
	}
	return &reply{status: e.Status, body: batchError{e, i, op.method, op.path}}
}

// operations reads the batch: only what one entity's request could be.
func (c *call) operations(in *input) ([]operation, error) {
	raw, isList := in.doc["operations"].([]any)
	if !isList || len(in.doc) != 1 {
		return nil, unparsable(`write {"operations": [{"method": "PUT", "path": "/services/a", "body": {...}}]}`)
	}
	if len(raw) > maxOperations {
		return nil, message(413, fmt.Sprintf("at most %d operations", maxOperations))
	}
	out := make([]operation, len(raw))
	for i, e := range raw {
		fault := func(text string) error { return unparsable(fmt.Sprintf("operations[%d]: %s", i, text)) }
		m, _ := e.(map[string]any)
		method, _ := m["method"].(string)
		path, _ := m["path"].(string)
		body, isObject := m["body"].(map[string]any)
		if m["body"] != nil && !isObject {
			return nil, fault("body must be an object")
		}
		if body == nil {
			body = map[string]any{}
		}
		u, err := url.ParseRequestURI(path)
		if err != nil || u.RawQuery != "" {
			return nil, fault("path must be one of the API, without arguments")
		}
		parts, valid := segments(u)
		var t *target
		if valid {
			t = locate(c.model, parts)
		}
		if t == nil {
			return nil, fault("there is no entity at " + path)
		}
		if method = strings.ToUpper(method); !t.takes(method) {
			return nil, fault("method must be one that " + path + " has, and no GET")
		}
		out[i] = operation{edit{t, method, &input{doc: body}}, path}
	}
	return out, nil
}

func (t *target) takes(method string) bool {
	switch method {
	case http.MethodPost:
		return t.id == "" && !t.up
	case http.MethodPut, http.MethodPatch:
		return t.id != "" || t.up
	case http.MethodDelete:
		return t.id != ""
	}
	return false
}

// changeSet puts the changes of several steps together.
type changeSet struct {
	at    map[[2]string]int
	steps []entity.Change
}

func (s *changeSet) add(list []entity.Change) {
	if s.at == nil {
		s.at = map[[2]string]int{}
	}
	for _, c := range list {
		key := [2]string{c.Kind, c.ID}
		if i, there := s.at[key]; there {
			s.steps[i].New = c.New
			continue
		}
		s.at[key] = len(s.steps)
		s.steps = append(s.steps, c)
	}
}

// list leaves out what is as it was.
func (s *changeSet) list() (out []entity.Change) {
	for _, c := range s.steps {
		if !same(c.Old, c.New) {
			out = append(out, c)
		}
	}
	return out
}

func same(a, b json.RawMessage) bool { return (a == nil) == (b == nil) && string(a) == string(b) }
