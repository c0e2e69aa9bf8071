package circuitbreaker

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
)

func (i *instance) targetKey(b []byte, target, address string) []byte {
	b = append(append(b[:0], i.prefix...), ':')
	return append(append(append(b, target...), ' '), address...) // as OfTarget
}

// Chooses implements plugin.Choosing: while all targets are well it costs one look.
func (i *instance) Chooses(*plugin.Context) bool { return i.marked() }

// Leave implements plugin.Choosing.
func (i *instance) Leave(x *plugin.Context, target, address string) bool {
	h := slot.Get(x.R)
	if h == nil {
		return false
	}
	h.key = i.targetKey(h.key, target, address)
	c := step{what: asks}
	if err := i.do(http1.View(h.key), &c); err != nil {
		i.failed(err)
		return false
	}
	if c.leave.state != closed {
		i.mark()
	}
	if c.leave.probe {
		h.probes = append(h.probes, probe{target, address})
	}
	if !c.leave.ok && (h.wait == 0 || c.leave.wait < h.wait) {
		h.wait = c.leave.wait
	}
	return !c.leave.ok
}

// Nobody implements plugin.Choosing.
func (i *instance) Nobody(x *plugin.Context) plugin.Result {
	wait := int64(0)
	if h := slot.Get(x.R); h != nil {
		wait = h.wait
	}
	return i.refuse(x, wait)
}

// logTargets goes by each try for itself. Targets that the request was let through to, but
// did not go to, are for others to try.
func (i *instance) logTargets(x *plugin.Context, h *held, u *upstreamhttp.Upstream) {
	if u != nil {
		for k := range u.States {
			s := &u.States[k]
			if s.Server == "" || s.Stale || s.HeaderTime < 0 && (s.Status == 0 || s.Status == 499) {
				continue
			}
			c := step{what: ends, probe: h.taken(s.Server, s.Peer), failed: s.HeaderTime < 0 || i.isBad(s.Status), slow: spent(s) >= i.Slow}
			h.key = i.targetKey(h.key, s.Server, s.Peer)
			if i.tell(http1.View(h.key), &c, "target "+s.Server+" ("+s.Peer+")"); c.turned && c.open {
				i.mark()
			}
		}
	}
	for _, p := range h.probes {
		h.key = i.targetKey(h.key, p.target, p.address)
		if err := i.do(http1.View(h.key), &step{what: givesBack}); err != nil {
			i.failed(err)
		}
	}
}

// taken tells whether a try was one of the few that were let through, and crosses it off.
func (h *held) taken(target, address string) bool {
	for k, p := range h.probes {
		if p.target == target && p.address == address {
			h.probes = append(h.probes[:k], h.probes[k+1:]...)
			return true
		}
	}
	return false
}
