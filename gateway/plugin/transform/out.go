package transform

import (
	"strconv"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Out is the header of an answer as names and values, also where the engine keeps a
// value in a field of its own.
type Out struct{ R *httpd.Request }

// Values are all values of a header.
func (o Out) Values(name string) (out []string) {
	h := &o.R.Out
	switch {
	case http1.EqualFold(name, "Content-Type") && h.ContentType != "":
		v := h.ContentType
		if h.Charset != "" {
			v += "; charset=" + h.Charset
		}
		return []string{v}
	case http1.EqualFold(name, "Content-Length") && h.ContentLength >= 0:
		return []string{strconv.FormatInt(h.ContentLength, 10)}
	case http1.EqualFold(name, "Last-Modified") && h.LastModified >= 0:
		return []string{string(http1.AppendDate(nil, h.LastModified))}
	case http1.EqualFold(name, "Location") && h.Location != "":
		return []string{h.Location}
	}
	for i := range h.List {
		if http1.EqualFold(h.List[i].Name, name) {
			out = append(out, h.List[i].Value)
		}
	}
	return out
}

// Del takes a header away. Content-Length goes with chunks then.
func (o Out) Del(name string) {
	h := &o.R.Out
	switch {
	case http1.EqualFold(name, "Content-Type"):
		h.ContentType, h.Charset = "", ""
	case http1.EqualFold(name, "Content-Length"):
		h.ClearContentLength()
	case http1.EqualFold(name, "Last-Modified"):
		h.LastModified = -1
	case http1.EqualFold(name, "Location"):
		h.Location = ""
	case http1.EqualFold(name, "Server"):
		h.SetServer("")
	case http1.EqualFold(name, "Date"):
		h.SetDate("")
	}
	h.Del(name)
}

// Set gives a header one value. Content-Length is the engine's affair.
func (o Out) Set(name, value string) {
	h := &o.R.Out
	switch {
	case http1.EqualFold(name, "Content-Type"):
		h.ContentType, h.Charset = value, ""
	case http1.EqualFold(name, "Content-Length"):
	case http1.EqualFold(name, "Last-Modified"):
		h.LastModified = -1
		h.Set(name, value)
	case http1.EqualFold(name, "Location"):
		h.Del(name)
		h.Location = value
	case http1.EqualFold(name, "Server"):
		h.SetServer(value)
	case http1.EqualFold(name, "Date"):
		h.SetDate(value)
	default:
		h.Set(name, value)
	}
}

// Add gives a header one more value, where it may have several.
func (o Out) Add(name, value string) {
	for _, single := range []string{"Content-Type", "Content-Length", "Last-Modified", "Location", "Server", "Date"} {
		if http1.EqualFold(name, single) {
			o.Set(name, value)
			return
		}
	}
	o.R.Out.Add(name, value)
}
