package gateway

import (
	"errors"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// mostWhole is the longest answer that is held back for plugins.
const mostWhole = 16 << 20

var errTooLong = errors.New("the answer is too long to be held back")

// responds tells whether some plugin wants to see the whole answer. What comes after an
// upgrade is none.
func (x *exchange) responds() bool {
	for i := range x.plan.Steps {
		if u := x.use(i); u != nil && u.Response != nil {
			_, up := x.R.In.Known(http1.Upgrade)
			return !(up && upgrades(x.R))
		}
	}
	return false
}

// respond asks the service, holds back what it answers, and sends it when all plugins have
// seen it.
func (x *exchange) respond() httpd.Result {
	r := x.R
	w := whole{body: []byte{}}
	r.Hold(w.take)
	res := passer.Pass(r, &x.target)
	begun := r.Unhold()
	x.passing = false
	switch {
	case w.err != nil:
		r.Logf(errlog.Error, "the answer of the service is given up: %s", w.err)
		r.CleanHeader()
		return 502
	case begun && res == httpd.Error:
		r.CleanHeader()
		return 502 // it was cut short, and the log says why
	case !begun || res != httpd.OK:
		return res
	}
	x.Whole = w.body
	defer func() { x.Whole = nil }()
	for i := range x.plan.Steps {
		u := x.use(i)
		if u == nil || u.Response == nil {
			continue
		}
		began := x.Begin()
		res := u.Response.Response(&x.Context)
		x.Ran(u.Name, "response", began)
		if res != plugin.Next {
			if x.answerer = u; !r.HeaderSent {
				r.CleanHeader() // what was the service's is not for an error page
			}
			return res
		}
	}
	return x.send(w.body)
}

// send sends an answer that was held back.
func (x *exchange) send(body []byte) httpd.Result {
	r := x.R
	if r.Method != http1.HEAD && r.Out.Status != 204 && r.Out.Status != 304 {
		r.Out.ContentLength = int64(len(body))
	}
	x.passing = true
	res := r.SendHeader()
	x.passing = false
	if res == httpd.Error || res > httpd.OK || r.HeaderOnly {
		return res
	}
	if r.WriteOne(httpd.Buf{B: body, Last: true, Keep: true}) != nil {
		return httpd.Error
	}
	return httpd.OK
}

// whole takes a body together.
type whole struct {
	body []byte
	err  error
}

func (w *whole) take(in []httpd.Buf) error {
	for i := range in {
		if w.err == nil {
			w.err = w.add(&in[i])
		}
	}
	return w.err
}

func (w *whole) add(b *httpd.Buf) error {
	if int64(len(w.body))+b.Len() > mostWhole {
		return errTooLong
	}
	if b.File == nil {
		w.body = append(w.body, b.B...)
		return nil
	}
	from := len(w.body)
	w.body = append(w.body, make([]byte, b.Len())...)
	_, err := b.File.ReadAt(w.body[from:], b.Off)
	return err
}
