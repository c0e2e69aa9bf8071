package speaker

import (
	"net/netip"

	"moongate/keepalived/config"
	"moongate/keepalived/notify"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// world is the speaker as the machine sees it.
type world speaker

// wasMaster is what the parent keeps of a master.
const wasMaster = "MASTER"

var _ vrrp.World = (*world)(nil)

// Send implements vrrp.World.
func (w *world) Send(in *vrrp.Instance, dst netip.Addr, packet []byte) {
	k, _ := in.Data.(*sock)
	w.sendBy(k, in, in.Source(), dst, packet)
}

// sendBy tells the first of several failures.
func (w *world) sendBy(k *sock, in *vrrp.Instance, src, dst netip.Addr, packet []byte) {
	if k == nil || k.out == nil {
		return
	}
	err := k.out.Send(packet, src, dst)
	if err == nil {
		k.failed = false
		return
	}
	if !k.failed {
		k.failed = true
		w.log(role.Info, "(%s) Cant send advert to %v (%v)", in.Conf.Name, dst, err)
	}
}

// AddAddr implements vrrp.World.
func (w *world) AddAddr(in *vrrp.Instance, a *config.Address) { (*speaker)(w).addAddr(in, a) }

// RemoveAddr implements vrrp.World.
func (w *world) RemoveAddr(in *vrrp.Instance, a *config.Address) { (*speaker)(w).removeAddr(in, a) }

// AddRoute implements vrrp.World.
func (w *world) AddRoute(in *vrrp.Instance, r *config.Route) { (*speaker)(w).addRoute(in.Conf.Name, r) }

// RemoveRoute implements vrrp.World.
func (w *world) RemoveRoute(in *vrrp.Instance, r *config.Route) {
	(*speaker)(w).removeRoute(in.Conf.Name, r)
}

// AddRule implements vrrp.World.
func (w *world) AddRule(in *vrrp.Instance, r *config.Rule) { (*speaker)(w).addRule(in.Conf.Name, r) }

// RemoveRule implements vrrp.World.
func (w *world) RemoveRule(in *vrrp.Instance, r *config.Rule) {
	(*speaker)(w).removeRule(in.Conf.Name, r)
}

// Took implements vrrp.World.
func (w *world) Took(in *vrrp.Instance, master bool) {
	s := (*speaker)(w)
	s.guard(in, master)
	if in.Conf.PromoteSecondaries {
		if master {
			s.setSysctl(false, in.Conf.Interface, "promote_secondaries", "1")
		} else {
			s.restoreSysctl(false, in.Conf.Interface, "promote_secondaries")
		}
	}
	state := ""
	if master {
		state = wasMaster
		s.claim(in)
	}
	s.session.Parent.Keep(in.Conf.Name, state)
}

// Announce implements vrrp.World.
func (w *world) Announce(in *vrrp.Instance, a *config.Address) { (*speaker)(w).announce(in, a) }

// Seek implements vrrp.World.
func (w *world) Seek(in *vrrp.Instance, peer netip.Addr) { (*speaker)(w).seek(in, peer) }

// Notify implements vrrp.World.
func (w *world) Notify(in *vrrp.Instance, g *vrrp.Group, e vrrp.Event) {
	if in != nil && e <= vrrp.Deleted {
		(*speaker)(w).tellSync(in)
	}
	(*speaker)(w).trap(in, g, e)
	switch {
	case w.notify == nil:
	case in != nil:
		w.notify.VRRP(notify.Change{Name: in.Conf.Name, Event: notify.Event(e.String()), Priority: int(in.Priority()), Notify: &in.Conf.Notify})
	default:
		w.notify.VRRP(notify.Change{Group: true, Name: g.Conf.Name, Event: notify.Event(e.String()), Notify: &g.Conf.Notify})
	}
}

// tellStates writes all states to the FIFOs again.
func (s *speaker) tellStates() {
	for _, g := range s.machine.Groups() {
		if e, ok := g.Notified(); ok {
			s.notify.State(notify.Change{Group: true, Name: g.Conf.Name, Event: notify.Event(e.String())})
		}
	}
	for _, in := range s.machine.Instances() {
		if e, ok := in.Notified(); ok {
			s.notify.State(notify.Change{Name: in.Conf.Name, Event: notify.Event(e.String()), Priority: int(in.Priority())})
		}
	}
}

// Log implements vrrp.World.
func (w *world) Log(l vrrp.Level, format string, args ...any) {
	w.log(role.Level(l), format, args...)
}
