package gateway

import (
	"encoding/json"
	"strconv"

	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/upstream"
	"moongate/gateway/health"
	"moongate/gateway/plane"
)

// watchPeers is for the end of a request: what its tries say of the peers' health.
func (x *exchange) watchPeers() { x.watch(x.R, x.target.Group) }

// watch is the same for a request to a group that was made for this one.
func (x *exchange) watch(r *httpd.Request, g *upstream.Group) {
	w := plane.WatchOf(g)
	if w == nil {
		return
	}
	p := w.Passive()
	u := upstreamhttp.Of(r)
	if p == nil || u == nil {
		return
	}
	for i := range u.States {
		s := &u.States[i]
		e := eventOf(p, s)
		if s.Server == "" || e == health.Nothing {
			continue
		}
		state, err := w.Count(s.Server, s.Peer, e, &p.Limits)
		switch {
		case err != nil:
			r.Logf(errlog.Error, "the health of %s cannot be counted: %s", s.Server, err)
		case state.Turned:
			httpd.RequestMainConf[mainConf](x.R, Module).worker.turned(w, s, state.Healthy, health.Reason("passive check", e, p.Limits[e], lastOf(s)))
		case !state.Healthy && !g.Sick(s.Server, s.Peer):
			w.Judge() // another worker has found it out, and its word has not come yet
		}
	}
}

// eventOf is what a try means. One that was cut off by the client, or went over an idle
// connection that the peer had closed, means nothing.
func eventOf(p *health.Passive, s *upstreamhttp.State) health.Event {
	switch {
	case s.HeaderTime >= 0:
		return p.Status(s.Status)
	case s.Stale, s.Status == 0, s.Status == 499:
		return health.Nothing
	case s.Status == 504:
		return health.Timeout
	}
	return health.TCPFailure
}

func lastOf(s *upstreamhttp.State) string {
	if s.HeaderTime < 0 {
		return ""
	}
	return strconv.Itoa(s.Status)
}

// turned tells the gateway process that an address has turned; without one, it is logged
// here.
func (g *worker) turned(w *plane.Watch, s *upstreamhttp.State, healthy bool, reason string) {
	m := turnMessage{w.ID, s.Server, s.Peer, healthy, reason}
	b, err := json.Marshal(&m)
	if err != nil {
		return
	}
	g.tell(turned, b, func() {
		g.log.Error(nil, "gateway: target %s (%s) of upstream %s: healthy %v: %s", m.Target, m.Address, m.Upstream, m.Healthy, m.Reason)
	})
}
