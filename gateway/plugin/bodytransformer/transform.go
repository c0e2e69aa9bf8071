package bodytransformer

import (
	"encoding/json"
	"errors"
	"mime"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

// format is what a body is, by what the configuration says or else by its type; "" is
// nothing that we can read.
func (w *way) format(contentType string) string {
	if w.Input != "auto" {
		return w.Input
	}
	media, _, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil:
		return ""
	case media == "application/json", strings.HasSuffix(media, "+json"):
		return "json"
	case media == "application/xml", media == "text/xml", strings.HasSuffix(media, "+xml"):
		return "xml"
	case media == "application/x-www-form-urlencoded":
		return "encoded"
	}
	return ""
}

// fault is what is wrong with a body, and not with the template.
type fault struct{ error }

// transform makes another body of one. status is that of the answer, 0 in requests.
func (w *way) transform(x *plugin.Context, format string, body []byte, status int) ([]byte, error) {
	var v value
	var err error
	switch format {
	case "json":
		v, err = parseJSON(body)
	case "xml":
		v, err = parseXML(body)
	case "encoded":
		v, err = parseForm(http1.View(body))
	case "args":
		v, err = parseForm(x.Out.Query)
	default:
		v = string(body)
	}
	if err != nil {
		return nil, fault{err}
	}
	if w.template == nil {
		return w.write(v)
	}
	out, err := w.template.run(func(name string) value { return known(x, name, v, status) }, w.MostOut)
	if err == nil && w.Output == "json" && !json.Valid(out) {
		err = errors.New("what the template has written is no JSON")
	}
	return out, err
}

// write writes a value as it is.
func (w *way) write(v value) (out []byte, err error) {
	switch w.Output {
	case "json":
		out = appendJSON(nil, v)
	case "xml":
		out, err = appendXML(nil, v)
	case "encoded":
		out, err = appendForm(nil, v)
	default:
		out = []byte(text(v))
	}
	if err == nil && len(out) > w.MostOut {
		err = errOutput
	}
	return out, err
}

// known is what a name stands for that is always there.
func known(x *plugin.Context, name string, body value, status int) value {
	r := x.R
	given := func(s string) value {
		if s == "" {
			return nil
		}
		return s
	}
	switch name {
	case "body":
		return body
	case "headers":
		return func(name string) value {
			if v, ok := r.In.Get(name); ok {
				return v
			}
			return nil
		}
	case "query":
		return func(name string) value {
			if v, ok := x.Arg(name); ok {
				return v
			}
			return nil
		}
	case "captures":
		return func(name string) value { return given(x.Capture(name)) }
	case "consumer":
		return func(name string) value {
			c := x.Consumer
			if c == nil {
				return nil
			}
			return given(map[string]string{"id": c.ID, "username": c.Username, "custom_id": c.CustomID}[name])
		}
	case "method":
		return r.MethodName
	case "path":
		return r.URI
	case "host":
		return r.Host
	case "status":
		return count(status)
	}
	return nil
}
