// Package apitest judges requests and answers of the Admin API by the API's own OpenAPI
// document. It is for tests only, and knows as much of JSON Schema as the document uses:
// a word that it does not know is a fault of the document.
package apitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

type object = map[string]any

// Document is an OpenAPI document.
type Document struct {
	root  object
	paths []string
}

// Read takes a document apart. References that lead nowhere are faults.
func Read(b []byte) (*Document, error) {
	d := &Document{}
	if err := json.Unmarshal(b, &d.root); err != nil {
		return nil, err
	}
	d.paths = slices.Sorted(maps.Keys(in(d.root, "paths")))
	return d, d.references(d.root)
}

func in(o object, names ...string) object {
	for _, name := range names {
		o, _ = o[name].(object)
	}
	return o
}

func (d *Document) references(v any) error {
	switch v := v.(type) {
	case object:
		if _, err := d.follow(v); err != nil {
			return err
		}
		for _, e := range v {
			if err := d.references(e); err != nil {
				return err
			}
		}
	case []any:
		for _, e := range v {
			if err := d.references(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow is what a reference means, or the object itself.
func (d *Document) follow(o object) (object, error) {
	ref, is := o["$ref"].(string)
	if !is {
		return o, nil
	}
	path, ok := strings.CutPrefix(ref, "#/")
	if to := in(d.root, strings.Split(path, "/")...); ok && to != nil {
		return to, nil
	}
	return nil, fmt.Errorf("%s leads nowhere", ref)
}

// Operations are all, as "GET /services", with what they say of themselves.
func (d *Document) Operations() map[string]object {
	out := map[string]object{}
	for _, path := range d.paths {
		for m, op := range in(d.root, "paths", path) {
			if m != "parameters" {
				out[strings.ToUpper(m)+" "+path] = op.(object)
			}
		}
	}
	return out
}

// Find is the operation of a request, nil without one. Of paths that fit, the one counts
// whose first words are written out.
func (d *Document) Find(method, path string) object {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	asked := strings.Split(strings.TrimSuffix(path, "/"), "/")
	best, rank := object(nil), ""
	for _, p := range d.paths {
		words := strings.Split(strings.TrimSuffix(p, "/"), "/")
		if len(words) != len(asked) {
			continue
		}
		r := ""
		for i, w := range words {
			switch {
			case w == asked[i]:
				r += "b"
			case strings.HasPrefix(w, "{"):
				r += "a"
			default:
				r += "!"
			}
		}
		if op := in(d.root, "paths", p, strings.ToLower(method)); op != nil && !strings.Contains(r, "!") && r > rank {
			best, rank = op, r
		}
	}
	return best
}

// Answer judges an answer.
func (d *Document) Answer(method, path string, status int, head http.Header, body []byte) error {
	op := d.Find(method, path)
	if op == nil {
		return nowhere(method, path, status)
	}
	r := in(op, "responses", strconv.Itoa(status))
	if r == nil {
		return fmt.Errorf("%s %s is answered with %d, which is not told", method, path, status)
	}
	r, err := d.follow(r)
	if err != nil {
		return err
	}
	dry := bytes.HasPrefix(body, []byte(`{"changes":`)) // which makes no revision
	for name := range in(r, "headers") {
		if head.Get(name) == "" && !dry && status != 412 && status != 503 {
			return fmt.Errorf("%s %s, %d: there is no header %s", method, path, status, name)
		}
	}
	if method == http.MethodHead {
		return nil
	}
	if err := d.content(r, head.Get("Content-Type"), body); err != nil {
		return fmt.Errorf("%s %s, %d: %w", method, path, status, err)
	}
	return nil
}

// nowhere is for paths that are not told: the answer says so too.
func nowhere(method, path string, status int) error {
	switch status {
	case 400, 401, 403, 404, 405, 429, 503:
		return nil
	}
	return fmt.Errorf("%s %s is not told, and is answered with %d", method, path, status)
}

// Request judges a request's body, one that has been taken.
func (d *Document) Request(method, path, kind string, body []byte) error {
	op := d.Find(method, path)
	if op == nil || len(body) == 0 {
		return nil
	}
	if op["requestBody"] == nil {
		return fmt.Errorf("%s %s is told to have no body", method, path)
	}
	if err := d.content(in(op, "requestBody"), kind, body); err != nil {
		return fmt.Errorf("%s %s, request: %w", method, path, err)
	}
	return nil
}

// content judges a body by its type.
func (d *Document) content(of object, kind string, body []byte) error {
	list := in(of, "content")
	if len(list) == 0 {
		if len(body) > 0 {
			return errors.New("there is a body, and none is told")
		}
		return nil
	}
	name, _, err := mime.ParseMediaType(kind)
	if err != nil {
		return fmt.Errorf("type %q: %w", kind, err)
	}
	one, is := list[name].(object)
	if !is {
		return fmt.Errorf("the type %s is not told", name)
	}
	if name != "application/json" || one["schema"] == nil {
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return d.Check(one["schema"].(object), v)
}
