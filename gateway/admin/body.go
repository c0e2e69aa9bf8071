package admin

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"moongate/gateway/schema"
)

// What bodies may be.
const (
	maxBody   = 1 << 20  // of one entity
	maxFile   = 64 << 20 // of /config and /batch
	maxValues = 20_000   // in one entity
	bulky     = 64 << 10 // what is larger needs one of few places
	maxFields = 1000     // of a form
	maxDepth  = 32       // of a form's names
)

// input is a body taken apart. A form's values are words until it is known what
// they are for.
type input struct {
	doc  map[string]any
	form *node
	text []byte // YAML
}

func unparsable(text string) *reply { return message(400, text) }

// read takes the body. yaml says whether it may be that too.
func (c *call) read(limit int64, yaml bool) (*input, error) {
	types := c.r.Header.Values("Content-Type")
	if len(types) > 1 {
		return nil, unparsable("Multiple Content-Type headers not allowed")
	}
	b, err := c.readAll(limit)
	if err != nil {
		var answer *reply
		if errors.As(err, &answer) {
			return nil, answer
		}
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, message(413, "the body is too large")
		}
		return nil, unparsable("the body could not be read")
	}
	if len(types) == 0 {
		if len(b) == 0 {
			return &input{doc: map[string]any{}}, nil
		}
		return nil, message(415, "Unsupported media type")
	}
	kind, params, err := mime.ParseMediaType(types[0])
	if err != nil {
		return nil, message(415, "Unsupported media type")
	}
	switch {
	case kind == "application/json":
		doc, err := schema.DecodeObject(b)
		if err != nil {
			return nil, unparsable("Cannot parse JSON body")
		}
		if limit == maxBody && count(doc) > maxValues {
			return nil, message(413, "the body has too many values")
		}
		return &input{doc: doc}, nil
	case kind == "application/x-www-form-urlencoded":
		return readForm(string(b))
	case kind == "multipart/form-data":
		return readMultipart(b, params["boundary"])
	case yaml && (kind == "application/yaml" || kind == "text/yaml" || kind == "application/x-yaml"):
		return &input{text: b}, nil
	}
	return nil, message(415, "Unsupported media type")
}

// readAll reads the body. What a body becomes in memory can be fifty times as
// much, so that only a few large ones are there at once.
func (c *call) readAll(limit int64) ([]byte, error) {
	body := http.MaxBytesReader(c.w, c.r.Body, limit)
	b, err := io.ReadAll(io.LimitReader(body, bulky))
	if err != nil || len(b) < bulky {
		return b, err
	}
	if c.leave, err = c.place(); err != nil {
		return nil, err
	}
	rest, err := io.ReadAll(body)
	return append(b, rest...), err
}

func count(v any) int {
	n := 1
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += count(e)
		}
	case []any:
		for _, e := range v {
			n += count(e)
		}
	}
	return n
}

func readMultipart(b []byte, boundary string) (*input, error) {
	if boundary == "" {
		return nil, unparsable("the multipart body has no boundary")
	}
	root := &node{}
	r := multipart.NewReader(bytes.NewReader(b), boundary)
	for n := 0; ; n++ {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return &input{form: root}, nil
		}
		if err != nil || n >= maxFields {
			return nil, unparsable("Cannot parse multipart body")
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, unparsable("Cannot parse multipart body")
		}
		if err := root.add(part.FormName(), string(value)); err != nil {
			return nil, err
		}
	}
}

func readForm(s string) (*input, error) {
	root := &node{}
	pairs := strings.Split(s, "&")
	if len(pairs) > maxFields {
		return nil, unparsable("the form has too many fields")
	}
	for _, pair := range pairs {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := unescapeForm(name)
		value, err2 := unescapeForm(value)
		if err1 != nil || err2 != nil {
			return nil, unparsable("Cannot parse form body")
		}
		if err := root.add(name, value); err != nil {
			return nil, err
		}
	}
	return &input{form: root}, nil
}
