package fieldshaping

import (
	"errors"
	"strings"
	"sync"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/shape"
)

// passing is an answer on its way. It comes from a pool and ends with the request.
type passing struct {
	i   *instance
	s   shape.Shaper
	got int64
	out []byte
	end func() // free, bound once
}

var (
	slot = httpd.NewSlot[passing]()
	pool sync.Pool
)

// mostKept is how much memory for output a passing takes back into the pool.
const mostKept = 256 << 10

func (i *instance) pass(r *httpd.Request) *passing {
	p, _ := pool.Get().(*passing)
	if p == nil {
		p = new(passing)
		p.end = p.free
	}
	p.i, p.got = i, 0
	slot.Put(r, p)
	r.AtEnd(p.end)
	return p
}

func (p *passing) free() {
	p.i = nil
	if cap(p.out) > mostKept {
		p.out = nil
	}
	pool.Put(p)
}

// Access implements plugin.Access. Classes without a shape get an answer of the same kind:
// a cache may give it to others.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	x.Plain = true
	return plugin.Next
}

// Header implements plugin.Header.
func (i *instance) Header(x *plugin.Context) {
	o := &x.R.Out
	if i.byName {
		plugin.Vary(o, x.ClassBy)
	}
	f := i.form(x.Class)
	if f == nil || !isJSON(o.ContentType) || o.Status/100 != 2 && !i.Errors {
		return
	}
	if why := unreadable(o); why != "" {
		// What a shape leaves out or hides must not go out because nobody could read it.
		x.R.Logf(errlog.Error, "gateway: field-shaping %s: the answer is refused, it is %s", i.id, why)
		x.R.CleanHeader()
		x.Break(502)
		return
	}
	o.ClearAcceptRanges(x.R)
	o.WeakETag(x.R)
	if x.R.HeaderOnly || o.Status == 204 {
		o.ClearContentLength()
		return
	}
	p := i.pass(x.R)
	p.s.Begin(f.plan)
	p.s.Always(x.Always)
	x.FilterBody()
}

// unreadable is why an answer can't be shaped.
func unreadable(o *httpd.HeadersOut) string {
	if v, ok := o.Get("Content-Encoding"); ok && v != "" && !strings.EqualFold(v, "identity") {
		return "encoded with " + v
	}
	if o.Status == 206 {
		return "only a part"
	}
	return ""
}

// isJSON takes application/json and all types that end in +json.
func isJSON(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.TrimSpace(media)
	suffix := media[max(0, len(media)-len("+json")):]
	return http1.EqualFold(media, "application/json") || http1.EqualFold(suffix, "+json")
}

var errTooLong = errors.New("it is longer than max_size")

// Body implements plugin.Body.
func (i *instance) Body(x *plugin.Context, in []httpd.Buf, next httpd.Sink) error {
	p := slot.Get(x.R)
	if p == nil || p.i != i {
		return next.Write(in)
	}
	return httpd.InMemory(x.R, in, func(b httpd.Buf) error {
		if err := p.take(&b); err != nil {
			// Too late for another answer: who gets this one sees that it is not whole.
			x.R.Logf(errlog.Error, "gateway: field-shaping %s: the answer is cut off after %d bytes: %s", i.id, p.got, err)
			return err
		}
		if len(p.out) == 0 && !b.Last && !b.Flush {
			return nil
		}
		return next.Write([]httpd.Buf{{B: p.out, Last: b.Last, Flush: b.Flush}})
	})
}

// take shapes a piece of the body.
func (p *passing) take(b *httpd.Buf) (err error) {
	if p.got += int64(len(b.B)); p.got > p.i.Most {
		return errTooLong
	}
	if p.out, err = p.s.Write(p.out[:0], b.B); err == nil && b.Last {
		if p.out, err = p.s.End(p.out); errors.Is(err, shape.ErrEmpty) {
			err = nil // as the service has it
		}
	}
	return err
}
