package plugin

import (
	"encoding/json"
	"mime"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Fields are the named values in a request's body: a form, a JSON object or a multipart
// form, by its Content-Type.
type Fields struct {
	x      *Context
	form   string
	isForm bool
	doc    map[string]json.RawMessage
	parts  *multipart
}

// Fields reads the body. Of one that is of another type, is no such thing, or that does
// not fit into client_body_buffer_size, it finds nothing; res is Next, or what the
// request ends with when the body could not be read.
func (x *Context) Fields() (f Fields, res Result) {
	r := x.R
	f.x = x
	if res := r.ReadBody(); res != httpd.OK {
		return f, res
	}
	if r.Body.File != nil || len(r.Body.Mem) == 0 {
		return f, Next
	}
	kind, _ := r.In.Known(http1.ContentType)
	body := http1.View(r.Body.Mem)
	switch media, params, err := mime.ParseMediaType(kind); {
	case err != nil:
	case media == "application/x-www-form-urlencoded":
		f.form, f.isForm = body, true
	case media == "application/json":
		if json.Unmarshal(r.Body.Mem, &f.doc) != nil {
			f.doc = nil
		}
	case media == "multipart/form-data" && params["boundary"] != "":
		f.parts = &multipart{body, params["boundary"]}
	}
	return f, Next
}

// Find looks for a value. Of JSON, arrays and objects count as several, other values that
// are no strings as none.
func (f *Fields) Find(name string) (v Found) {
	switch {
	case f.isForm:
		return findArg(f.x.R, f.form, name)
	case f.doc != nil:
		raw := f.doc[name]
		if len(raw) == 0 {
			return v
		}
		switch raw[0] {
		case '"':
			if json.Unmarshal(raw, &v.Value) == nil {
				v.Times = 1
			}
		case '[', '{':
			v.Times = 2
		}
	case f.parts != nil:
		return f.parts.find(name)
	}
	return v
}

// Hide takes a value out of the body that the service gets.
func (f *Fields) Hide(name string) {
	var body string
	switch {
	case f.isForm:
		body = withoutArg(f.x.R, f.form, name)
	case f.doc != nil:
		if _, there := f.doc[name]; !there {
			return
		}
		delete(f.doc, name)
		b, err := json.Marshal(f.doc)
		if err != nil {
			return // what was read can be written
		}
		body = string(b)
	case f.parts != nil:
		body = f.parts.without(name)
	default:
		return
	}
	if body == http1.View(f.x.R.Body.Mem) {
		return
	}
	replaceBody(f.x.R, body)
}

// replaceBody gives the service another body.
func replaceBody(r *httpd.Request, body string) {
	r.Body.Set([]byte(body), nil)
	r.In.ContentLength = r.Body.Len
	r.In.Set("Content-Length", r.Int(r.Body.Len))
	r.In.Chunked = false
	r.In.Del("Transfer-Encoding")
}

// multipart is a body of multipart/form-data (RFC 7578).
type multipart struct{ body, boundary string }

// next finds the part that begins at or behind from: part with its header, and where it
// ends. The delimiter in front of it begins at start.
func (m *multipart) next(from int) (start, end int, part string, ok bool) {
	delimiter := "--" + m.boundary
	at := strings.Index(m.body[from:], delimiter)
	if at < 0 {
		return 0, 0, "", false
	}
	start = from + at
	begin := start + len(delimiter)
	rest, isPart := strings.CutPrefix(m.body[begin:], "\r\n")
	if !isPart {
		return 0, 0, "", false // the last delimiter, or none
	}
	size := strings.Index(rest, "\r\n"+delimiter)
	if size < 0 {
		return 0, 0, "", false
	}
	part = rest[:size]
	return start, len(m.body) - len(rest) + size + len("\r\n"), part, true
}

func (m *multipart) find(name string) (f Found) {
	for at := 0; ; {
		_, end, part, ok := m.next(at)
		if !ok {
			return f
		}
		at = end
		if partName(part) != name {
			continue
		}
		if f.Times++; f.Times == 1 {
			_, f.Value, _ = strings.Cut(part, "\r\n\r\n")
		}
	}
}

func (m *multipart) without(name string) string {
	var b strings.Builder
	from := 0
	for at := 0; ; {
		start, end, part, ok := m.next(at)
		if !ok {
			return b.String() + m.body[from:]
		}
		if at = end; partName(part) == name {
			b.WriteString(m.body[from:start])
			from = end
		}
	}
}

// partName is the name in a part's Content-Disposition.
func partName(part string) string {
	head, _, _ := strings.Cut(part, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if !strings.EqualFold(name, "content-disposition") {
			continue
		}
		if _, params, err := mime.ParseMediaType(value); err == nil {
			return params["name"]
		}
	}
	return ""
}
