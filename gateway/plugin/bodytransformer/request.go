package bodytransformer

import (
	"errors"
	"slices"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	if i.response != nil {
		r.In.Del("Accept-Encoding") // what is compressed can't be read
	}
	w := i.request
	if w == nil {
		return plugin.Next
	}
	kind, _ := r.In.Known(http1.ContentType)
	format := w.format(kind)
	if format == "" {
		return plugin.Next
	}
	if coding, _ := r.In.Get("Content-Encoding"); coding != "" && !http1.EqualFold(coding, "identity") && format != "args" {
		return x.Answer(415, "bodies with Content-Encoding are not understood")
	}
	body, res := w.body(x)
	if res != plugin.Next || len(body) == 0 && format != "args" {
		return res
	}
	out, err := w.transform(x, format, body, 0)
	if err != nil {
		return refuse(x, err)
	}
	r.Body.Set(out, nil)
	r.In.ContentLength, r.In.Chunked = r.Body.Len, false
	r.In.Set("Content-Length", r.Int(r.Body.Len))
	r.In.Set("Content-Type", w.Type)
	r.In.Del("Transfer-Encoding")
	return plugin.Next
}

// refuse answers a request whose body can't be transformed.
func refuse(x *plugin.Context, err error) plugin.Result {
	if wrong, ok := errors.AsType[fault](err); ok {
		return x.Answer(400, "the body can't be read: "+wrong.Error())
	}
	x.R.Logf(errlog.Error, "gateway: body-transformer: the request's body can't be transformed: %s", err)
	return x.Answer(500, "the body can't be transformed")
}

// body reads the request's body.
func (w *way) body(x *plugin.Context) ([]byte, plugin.Result) {
	r := x.R
	if r.In.ContentLength > w.Most {
		return nil, x.Answer(413, "the body is too large")
	}
	if res := r.ReadBody(); res != httpd.OK {
		return nil, res
	}
	switch {
	case r.Body.Len > w.Most:
		return nil, x.Answer(413, "the body is too large")
	case r.Body.File == nil:
		return r.Body.Mem, plugin.Next
	}
	b := make([]byte, r.Body.Len)
	n := copy(b, r.Body.Mem)
	if _, err := r.Body.File.ReadAt(b[n:], 0); err != nil {
		r.LogErr(errlog.Crit, err, "reading \"%s\" failed", r.Body.File.Name)
		return nil, 500
	}
	return b, plugin.Next
}

// Responds implements plugin.Response.
func (i *instance) Responds() bool { return i.response != nil }

// Holds implements plugin.Holds: answers that are not transformed pass as they come.
func (i *instance) Holds(x *plugin.Context) bool {
	o, w := &x.R.Out, i.response
	if x.R.Method == http1.HEAD || o.Status < 200 || o.Status == 204 || o.Status == 206 || o.Status == 304 {
		return false
	}
	if _, among := slices.BinarySearch(w.Statuses, o.Status); len(w.Statuses) > 0 && !among {
		return false
	}
	return w.format(o.ContentType) != ""
}

// Response implements plugin.Response. An answer that can't be transformed is not let
// through as it is: the client may have no right to what the template leaves out.
func (i *instance) Response(x *plugin.Context) plugin.Result {
	r, w := x.R, i.response
	out, err := w.answer(x)
	if err != nil {
		r.Logf(errlog.Error, "gateway: body-transformer: the answer's body can't be transformed: %s", err)
		r.CleanHeader()
		return x.Answer(502, "the service's answer can't be transformed")
	}
	h := transform.Out{R: r}
	for _, name := range []string{"ETag", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "Accept-Ranges"} {
		h.Del(name) // of the other body
	}
	h.Set("Content-Type", w.Type)
	x.Whole = out
	return plugin.Next
}

func (w *way) answer(x *plugin.Context) ([]byte, error) {
	if coding, ok := x.R.Out.Get("Content-Encoding"); ok && !http1.EqualFold(coding, "identity") {
		return nil, errors.New("it has Content-Encoding " + coding)
	}
	if int64(len(x.Whole)) > w.Most {
		return nil, errors.New("it is too large")
	}
	return w.transform(x, w.format(x.R.Out.ContentType), x.Whole, x.R.Out.Status)
}
