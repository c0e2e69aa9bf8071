package admin

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"moongate/gateway/declarative"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// export is GET /config: the whole state as a declarative file, in YAML inside of
// JSON as Kong has it, or by itself if that is what is asked for.
func (c *call) export() *reply {
	var err error
	if c.leave, err = c.place(); err != nil {
		return c.failed(err)
	}
	s, revision := c.Desired.Now()
	if c.who.Role < Operator {
		if s, err = entity.Load(c.model, c.maskedDocuments(s)); err != nil {
			return c.failed(err)
		}
	}
	o := declarative.Options{Full: c.query.on("full")}
	if tags := c.query["tags"]; tags != "" {
		o.Tags = strings.Split(tags, ",")
	}
	text, err := declarative.Format(c.model, declarative.Export(s, o))
	if err != nil {
		return c.failed(err)
	}
	if strings.Contains(c.r.Header.Get("Accept"), "yaml") {
		return (&reply{status: 200, raw: text, kind: "application/yaml; charset=utf-8"}).set("ETag", revisionTag(revision))
	}
	return ok(map[string]any{"config": string(text)}).set("ETag", revisionTag(revision))
}

// revisionTag is the ETag of the whole state.
func revisionTag(n uint64) string { return `"revision-` + strconv.FormatUint(n, 10) + `"` }

// unchanged makes a write of the whole state depend on If-Match.
func (c *call) unchanged(w *desired.Write) error {
	want := c.r.Header.Get("If-Match")
	if want == "" || want == "*" {
		return nil
	}
	text, ok := strings.CutPrefix(strings.Trim(want, `"`), "revision-")
	n, err := strconv.ParseUint(text, 10, 64)
	if !ok || err != nil {
		return message(412, "If-Match must be the ETag of GET /config")
	}
	w.If = n
	if do := w.Do; n == 0 { // nothing has been written yet
		w.Do = func(s *entity.State, now moment) (*entity.Result, error) {
			for _, k := range s.Model().Kinds() {
				if s.Len(k.Name) > 0 {
					return nil, message(412, "the configuration is not empty any more")
				}
			}
			return do(s, now)
		}
	}
	return nil
}

// maskedDocuments is a state as viewers may see it.
func (c *call) maskedDocuments(s *entity.State) iter.Seq[*entity.Document] {
	return func(yield func(*entity.Document) bool) {
		for _, k := range c.model.Kinds() {
			for d := range s.All(k.Name) {
				raw, err := schema.Encode(redact(c.model, k, d.Fields()))
				if err == nil && !yield(&entity.Document{Kind: d.Kind, ID: d.ID, Raw: raw}) {
					return
				}
			}
		}
	}
}

// replace is POST /config: the state becomes what the file says.
func (c *call) replace() *reply {
	leave, free := enter(c.large)
	if !free {
		return busy()
	}
	defer leave()
	file, err := c.readConfig()
	if err != nil {
		return c.failed(err)
	}
	flatten := c.query.on("flatten_errors")
	if v, there := file["flatten_errors"]; there { // Kong takes it there as well
		delete(file, "flatten_errors")
		flatten = flatten || query{"v": fmt.Sprint(v)}.on("v")
	}
	checkHash := c.query.on("check_hash")
	if v, there := file["check_hash"]; there {
		delete(file, "check_hash")
		checkHash = checkHash || query{"v": fmt.Sprint(v)}.on("v")
	}
	w := c.wish("POST /config")
	var tags []string
	if list := c.query["tags"]; list != "" {
		tags = strings.Split(list, ",")
	}
	w.Do = func(s *entity.State, now moment) (*entity.Result, error) {
		return declarative.ReplaceTagged(s, file, tags, now)
	}
	if err := c.unchanged(&w); err != nil {
		return c.failed(err)
	}
	r, err := c.tryReplace(w, file, flatten)
	if err != nil {
		return c.failed(err)
	}
	if c.query.on("dry_run") {
		return c.dryRun(r, nil).set("ETag", revisionTag(r.Revision))
	}
	if checkHash && len(r.Changes) == 0 {
		return c.revised(&reply{status: 304}, r)
	}
	body := map[string]any{}
	for _, d := range r.Documents {
		if d == nil {
			continue
		}
		kind, _ := body[d.Kind].(map[string]any)
		if kind == nil {
			kind = map[string]any{}
			body[d.Kind] = kind
		}
		kind[d.ID] = d.Raw
	}
	return c.revised(&reply{status: 201, body: body}, r)
}

// readConfig takes the file in one of Kong's ways: as the body, or in a field
// config of JSON or a form.
func (c *call) readConfig() (map[string]any, error) {
	in, err := c.read(maxFile, true)
	if err != nil {
		return nil, err
	}
	if in.form != nil {
		in.doc = in.form.document(&schema.Shape{})
	}
	if in.doc["_format_version"] != nil {
		return in.doc, nil
	}
	text, wrapped := in.doc["config"].(string)
	if in.text != nil {
		text = string(in.text)
	}
	if text == "" {
		return nil, unparsable("expected a declarative configuration")
	}
	file, err := declarative.Parse([]byte(text))
	if err != nil {
		text := "declarative config is invalid: " + err.Error()
		return nil, &schema.Error{Status: 400, Code: schema.CodeDeclarative, Name: "invalid declarative configuration", Message: text, Fields: map[string]any{"error": err.Error()}}
	}
	if wrapped {
		for _, name := range []string{"flatten_errors", "check_hash"} {
			if v, there := in.doc[name]; there {
				file[name] = v
			}
		}
	}
	return file, nil
}
