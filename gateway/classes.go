package gateway

import (
	"moongate/engine/httpd"
	"moongate/gateway/meter"
	"moongate/gateway/plane"
	"moongate/gateway/route"
)

// classify finds the class of the client, by what the request itself says.
func (x *exchange) classify() {
	if len(x.plane.Classes()) == 0 {
		return
	}
	x.classed, x.ClassBy = x.Consumer, x.plane.ClassHeaders()
	x.class, x.Class = x.plane.Class(x.releaseRequest(), x.Consumer), ""
	if x.class != nil {
		x.Class = x.class.Name
	}
	x.query.Class = x.Class
}

// known is for when step i has found out who asks. The class may be another one by that,
// and the route too: the request goes on with the plugins of that one, but for what has
// run with the same configuration already. That happens once at most for each consumer
// that a plugin names.
func (x *exchange) known(i int) (moved bool, res httpd.Result) {
	if !x.plane.PersonalClasses() {
		x.classed = x.Consumer
		return false, httpd.Declined
	}
	was := x.class
	if x.classify(); x.class == was {
		return false, httpd.Declined
	}
	var m route.Result
	if !x.plane.Routes.Find(&x.query, &m) {
		return false, x.Answer(404, "no Route matched with those values")
	}
	if m.Rule.Data.(*plane.Route) == x.route {
		return false, httpd.Declined
	}
	for k := range i + 1 {
		if u := x.use(k); u != nil {
			x.ran = append(x.ran, u)
		}
	}
	x.Match, x.chosen, x.goal = m, 0, nil
	return true, x.take()
}

// hasRun tells whether a configuration has had its turn as part of another route.
func (x *exchange) hasRun(u *plane.Instance) bool {
	for _, o := range x.ran {
		if o == u {
			return true
		}
	}
	return false
}

// countClass is for the end of a request.
func (x *exchange) countClass() {
	if len(x.plane.Classes()) == 0 {
		return
	}
	s, id := x.plane.Classless(), ""
	if x.class != nil {
		s, id = &x.class.Series, x.class.ID
	}
	t := httpd.RequestMainConf[mainConf](x.R, Module).worker.meter
	if b := s.In(t, meter.Key{Kind: meter.OfClass, IDs: [3]string{id}}); b != nil {
		b.Code(x.R.LoggedStatus(), false)
		b.Total.Add(meter.UpstreamBounds, x.R.TimeSpent())
	}
}
