package forwardauth

import (
	"io"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/client"
	"moongate/gateway/plugin"
)

type instance struct {
	URI             string   `json:"uri"`
	Method          string   `json:"request_method"`
	RequestHeaders  []string `json:"request_headers"`
	UpstreamHeaders []string `json:"upstream_headers"`
	ClientHeaders   []string `json:"client_headers"`
	Timeout         int      `json:"timeout"`
	Keep            bool     `json:"keepalive"`
	KeepTimeout     int      `json:"keepalive_timeout"`
	KeepPool        int      `json:"keepalive_pool"`
	Verify          bool     `json:"ssl_verify"`
	StatusOnError   int      `json:"status_on_error"`
	Degrade         bool     `json:"allow_degradation"`

	env    *plugin.Env
	id     string
	client *client.Client
	seldom plugin.Seldom
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	q, res := i.question(x)
	if res != plugin.Next {
		return res
	}
	a, err := i.client.Do(q)
	switch {
	case err != nil:
		return i.failed(x, err)
	case a.Status >= 300:
		return i.refused(x, a)
	}
	in := &x.R.In
	for _, name := range i.UpstreamHeaders {
		// What the client says of itself is not what the server has said.
		in.Del(name)
		for k := range a.Header {
			if h := &a.Header[k]; http1.EqualFold(h.Name, name) {
				in.Add(name, h.Value)
			}
		}
	}
	return plugin.Next
}

// question is what the server is asked.
func (i *instance) question(x *plugin.Context) (*client.Request, plugin.Result) {
	r := x.R
	host, ok := r.In.Known(http1.Host)
	if !ok {
		host = r.Host
	}
	q := &client.Request{Method: i.Method, URL: i.URI, Header: []http1.Header{
		{Name: "X-Forwarded-Proto", Value: plugin.Scheme(r)}, {Name: "X-Forwarded-Method", Value: r.MethodName}, {Name: "X-Forwarded-Host", Value: host},
		{Name: "X-Forwarded-Uri", Value: r.UnparsedURI}, {Name: "X-Forwarded-For", Value: r.RemoteAddrText()},
	}}
	for _, name := range i.RequestHeaders {
		if isOwn(name) {
			continue
		}
		for k := range r.In.List {
			if h := &r.In.List[k]; http1.EqualFold(h.Name, name) {
				q.Header = append(q.Header, http1.Header{Name: name, Value: h.Value})
			}
		}
	}
	if i.Method != "POST" {
		return q, plugin.Next
	}
	if res := r.ReadBody(); res != httpd.OK {
		return nil, res
	}
	for _, name := range []string{"Content-Type", "Content-Encoding"} {
		if v, ok := r.In.Get(name); ok && !has(i.RequestHeaders, name) {
			q.Header = append(q.Header, http1.Header{Name: name, Value: v})
		}
	}
	q.Body = r.Body.Mem
	if f := r.Body.File; f != nil {
		q.RestLen, q.Rest = f.Size, func() io.Reader { return io.NewSectionReader(f, 0, f.Size) }
	}
	return q, plugin.Next
}

// isOwn tells which headers the server can believe: the client's don't take their place.
func isOwn(name string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(name), "x-forwarded-")
	return ok && (rest == "proto" || rest == "method" || rest == "host" || rest == "uri" || rest == "for")
}

func has(list []string, name string) bool {
	for _, s := range list {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// refused passes the server's answer on.
func (i *instance) refused(x *plugin.Context, a *client.Answer) plugin.Result {
	for _, name := range i.ClientHeaders {
		for k := range a.Header {
			if h := &a.Header[k]; http1.EqualFold(h.Name, name) && h.ID != http1.ContentType {
				x.R.Out.Add(h.Name, h.Value)
			}
		}
	}
	if len(a.Body) == 0 {
		return x.AnswerEmpty(a.Status)
	}
	return x.AnswerWith(a.Status, a.Get("Content-Type"), string(a.Body))
}

// failed is what becomes of a request when the server can't be asked.
func (i *instance) failed(x *plugin.Context, err error) plugin.Result {
	if missed, ok := i.seldom.Now(); ok {
		what := "refused"
		if i.Degrade {
			what = "let through"
		}
		i.env.Log.Error(nil, "gateway: forward-auth %s: a request is %s (%d more since the last such line): %v", i.id, what, missed, err)
	}
	if i.Degrade {
		for _, name := range i.UpstreamHeaders {
			x.R.In.Del(name)
		}
		return plugin.Next
	}
	return x.AnswerEmpty(i.StatusOnError)
}

// Close implements plugin.Closer.
func (i *instance) Close() { i.client.Close() }
