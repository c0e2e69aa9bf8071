package mirror

import (
	"io"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/client"
	"moongate/gateway/plugin"
)

// duplicate is a copy of a request. Nothing of it is the request's memory; a body's file
// it shares.
type duplicate struct {
	q    client.Request
	file *httpd.File
}

func (c *duplicate) free() {
	if c.file != nil {
		c.file.Close()
	}
}

// copyOf copies a request as the service gets it.
func (i *instance) copyOf(x *plugin.Context) *duplicate {
	r := x.R
	c := new(duplicate)
	path := x.Out.Path
	switch {
	case i.Path != "" && i.Concat == "prefix":
		path = i.Path + path
	case i.Path != "":
		path = i.Path
	}
	if x.Out.Query != "" {
		path += "?" + x.Out.Query
	}
	// One piece of memory for all texts.
	var text strings.Builder
	own := func(s string) string {
		from := text.Len()
		text.WriteString(s)
		return text.String()[from:]
	}
	text.Grow(len(path) + sizeOf(r.In.List) + 256)
	c.q.Method = own(r.MethodName)
	c.q.URL = i.Host + path
	if c.q.Host = own(x.Out.Host); c.q.Host == "" && x.Route.PreserveHost {
		host, ok := r.In.Known(http1.Host)
		if !ok {
			host = r.Host
		}
		c.q.Host = own(host)
	}
	c.q.Header = make([]http1.Header, 0, len(r.In.List))
	connection, _ := r.In.Known(http1.Connection)
	for k := range r.In.List {
		if h := &r.In.List[k]; !plugin.IsForwarded(h.Name) && !hopByHop(h.Name) && !listed(connection, h.Name) {
			c.q.Header = append(c.q.Header, http1.Header{Name: own(h.Name), Value: own(h.Value)})
		}
	}
	c.q.Lines = x.AppendForwarded(nil)
	if i.Body && r.HasBody() {
		c.q.Body = append([]byte(nil), r.Body.Mem...)
		if f := r.Body.File; f != nil {
			c.file = f.Share()
			c.q.RestLen, c.q.Rest = f.Size, func() io.Reader { return io.NewSectionReader(c.file, 0, c.file.Size) }
		}
	}
	return c
}

func sizeOf(list []http1.Header) (n int) {
	for k := range list {
		n += len(list[k].Name) + len(list[k].Value)
	}
	return n
}

// hopByHop tells which headers concern the connection: nginx's proxy does not pass them on
// either.
func hopByHop(name string) bool {
	switch strings.ToLower(name) {
	case "host", "connection", "proxy-connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "expect":
		return true
	}
	return false
}

// listed tells whether a Connection header names another one.
func listed(connection, name string) bool {
	for word := range strings.SplitSeq(connection, ",") {
		if strings.EqualFold(strings.TrimSpace(word), name) {
			return true
		}
	}
	return false
}
