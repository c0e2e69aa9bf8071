package gateway

import (
	"errors"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plane"
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

// holds tells whether some plugin wants to see the answer whose header has come.
func (x *exchange) holds() bool {
	for i := range x.plan.Steps {
		if u := x.use(i); u != nil && u.Response != nil && holds(u, &x.Context) {
			return true
		}
	}
	return false
}

func holds(u *plane.Instance, x *plugin.Context) bool {
	h, some := u.Use.(plugin.Holds)
	return !some || h.Holds(x)
}

// respond asks the service, holds back what it answers, and sends it when all plugins have
// seen it.
func (x *exchange) respond() httpd.Result {
	r := x.R
	w := whole{x: x, body: []byte{}, most: -1, refused: plugin.Next}
	r.HoldIf(x.holds, w.take)
	res := x.pass()
	begun := !w.released && r.Unhold()
	x.passing = false
	switch {
	case w.refused != plugin.Next:
		return w.refused
	case w.released:
		return res
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
	res, body := x.show(w.body)
	if res != plugin.Next {
		return res
	}
	return x.send(body)
}

// show shows plugins a body, until one of them answers in the service's place. They may put
// another one there.
func (x *exchange) show(body []byte) (plugin.Result, []byte) {
	x.Whole = body
	defer func() { x.Whole = nil }()
	for i := range x.plan.Steps {
		u := x.use(i)
		if u == nil || u.Response == nil || !holds(u, &x.Context) {
			continue
		}
		began := x.Begin()
		res := u.Response.Response(&x.Context)
		x.Ran(u.Name, "response", began)
		if res != plugin.Next {
			if x.answerer = u; !x.R.HeaderSent {
				x.R.CleanHeader() // what was the service's is not for an error page
			}
			return res, nil
		}
	}
	return plugin.Next, x.Whole
}

// wants is how many bytes of a body plugins want to see, -1 for all.
func (x *exchange) wants() (most int64) {
	for i := range x.plan.Steps {
		u := x.use(i)
		if u == nil || u.Response == nil || !holds(u, &x.Context) {
			continue
		}
		w, ok := u.Use.(plugin.Wants)
		if !ok {
			return -1
		}
		most = max(most, w.Wants(&x.Context))
	}
	return most
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
	x     *exchange
	body  []byte
	err   error
	most  int64 // that is wanted, -1 for all
	begun bool

	released bool          // nothing is held back any more
	refused  plugin.Result // by a plugin that has not waited for the rest
}

func (w *whole) take(in []httpd.Buf) error {
	if !w.begun {
		w.begun = true
		w.most = w.x.wants()
	}
	for i := range in {
		if w.most >= 0 && int64(len(w.body))+in[i].Len() > w.most {
			return w.release(in[i:])
		}
		if w.err == nil {
			w.err = w.add(&in[i])
		}
	}
	return w.err
}

var errRefused = errors.New("a plugin has answered in the service's place")

// release has plugins see what there is, and lets the answer go on: rest is the first part
// of it that is more than they want.
func (w *whole) release(rest []httpd.Buf) error {
	x, r := w.x, w.x.R
	before := len(w.body)
	first := rest[0]
	if first.File == nil {
		first.B = first.B[:w.most-int64(before)]
	} else {
		first.End = first.Off + w.most - int64(before)
	}
	if err := w.add(&first); err != nil {
		w.err = err
		return err
	}
	w.released = true
	r.Unhold()
	if w.refused, _ = x.show(w.body); w.refused != plugin.Next {
		return errRefused
	}
	if res := r.SendHeader(); res != httpd.OK {
		w.refused = res
		return errRefused
	}
	if before > 0 {
		if err := r.WriteOne(httpd.Buf{B: w.body[:before:before], Keep: true}); err != nil {
			return err
		}
	}
	return r.WriteBufs(rest)
}

func (w *whole) add(b *httpd.Buf) error {
	if w.most < 0 && int64(len(w.body))+b.Len() > mostWhole {
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
