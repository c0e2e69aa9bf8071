package gateway

import (
	"moongate/engine/httpd"
	"moongate/gateway/meter"
	"moongate/gateway/plane"
)

// use gives the configuration of step i that counts for the request.
func (x *exchange) use(i int) *plane.Instance {
	for len(x.used) <= i {
		x.used = append(x.used, nil)
	}
	if i < x.chosen {
		return x.used[i]
	}
	s := &x.plan.Steps[i]
	service := ""
	if x.Service != nil {
		service = x.Service.ID
	}
	u := x.plane.For(s, x.route.ID, service, x.Consumer)
	if u != nil && !u.Works(x.query.Scheme == "https") {
		u = nil
	}
	x.used[i], x.chosen = u, i+1
	return u
}

// early has plugins see the request before a route is chosen for it.
func (x *exchange) early() httpd.Result {
	for _, u := range x.plane.Early() {
		if u.Works(x.query.Scheme == "https") {
			if res := u.Rewrite.Rewrite(&x.Context); res != httpd.Declined {
				x.answerer = u
				return res
			}
		}
	}
	return httpd.Declined
}

// access is the handler of the access phase: plugins in their order, until one answers.
func access(r *httpd.Request) httpd.Result {
	x := slot.Get(r)
	if x == nil || x.plan == nil {
		return httpd.Declined
	}
	for i := 0; i < len(x.plan.Steps); i++ {
		u := x.use(i)
		if u == nil || u.Access == nil || x.hasRun(u) {
			continue
		}
		began := x.Begin()
		res := u.Access.Access(&x.Context)
		x.Ran(u.Name, "access", began)
		if res != httpd.Declined {
			x.answerer = u
			return res
		}
		if x.Consumer == x.classed {
			continue
		}
		moved, res := x.known(i)
		if res != httpd.Declined {
			return res
		}
		if moved {
			i = -1 // from the beginning of the other route's plugins
		}
	}
	return httpd.OK
}

// header is the header filter.
func header(r *httpd.Request) httpd.Result {
	x := slot.Get(r)
	if x == nil || x.plan == nil {
		return httpd.OK
	}
	x.bodies = x.bodies[:0]
	if x.passing {
		x.received()
	}
	for i := range x.plan.Steps {
		u := x.use(i)
		if u == nil || u.Header == nil {
			continue
		}
		began := x.Begin()
		u.Header.Header(&x.Context)
		x.Ran(u.Name, "header", began)
		if res := x.Broken(); res != httpd.OK {
			return res
		}
		if x.FiltersBody() && u.Body != nil {
			x.bodies = append(x.bodies, u)
		}
	}
	for _, u := range x.bodies {
		r.Out.ContentLength = -1
		r.FilterNeedInMemory = true
		r.UseBodyFilter(func(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
			return u.Body.Body(&x.Context, in, next)
		})
	}
	return httpd.OK
}

// received shows plugins what the service has answered, before others change it.
func (x *exchange) received() {
	if list := x.R.Out.List; x.Before > len(list) || x.Before > 0 && list[x.Before-1] != x.older {
		x.Before = 0 // early hints have taken them away
	}
	for i := range x.plan.Steps {
		u := x.use(i)
		if u == nil || u.Received == nil {
			continue
		}
		u.Received.Received(&x.Context)
		if x.WatchesBody() && u.Body != nil {
			x.R.UseBodyFilter(func(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
				return u.Body.Body(&x.Context, in, next)
			})
		}
	}
}

// countAnswer counts an answer that a plugin has given.
func (x *exchange) countAnswer() {
	u := x.answerer
	if u == nil {
		return
	}
	t := httpd.RequestMainConf[mainConf](x.R, Module).worker.meter
	if b := u.Series.In(t, meter.Key{Kind: meter.OfPlugin, IDs: [3]string{u.Name}}); b != nil {
		b.Code(x.R.Out.Status, false)
	}
}

// logged is the handler of the log phase.
func logged(r *httpd.Request) httpd.Result {
	x := slot.Get(r)
	if x == nil {
		return httpd.OK
	}
	x.countAnswer()
	if x.plan == nil {
		return httpd.OK
	}
	x.countVariant()
	x.countClass()
	x.watchPeers()
	for i := range x.plan.Steps {
		if u := x.use(i); u != nil && u.Log != nil {
			u.Log.Log(&x.Context)
		}
	}
	return httpd.Declined
}
