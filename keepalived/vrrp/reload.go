package vrrp

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"moongate/keepalived/config"
)

// Reload goes over to another configuration. Instances of the same name, router
// and interface go on as they are, masters as masters; the system sees only the
// difference, over all instances together: what moves from one to another is not
// touched.
func (m *Machine) Reload(now time.Time, cfg *config.Config) {
	before := m.holdings()
	byName := map[string]*Instance{}
	for _, in := range m.instances {
		byName[in.Conf.Name] = in
	}
	old := m.plan.places
	m.cfg, m.plan = cfg, newPlan(cfg)
	places := maps.Clone(m.plan.places)
	maps.Copy(m.plan.places, old) // what is taken away is still where it was
	var list, fresh []*Instance
	for _, c := range cfg.Instances {
		in := byName[c.Name]
		if in == nil || !in.same(c) {
			in = newInstance(m, c)
			fresh = append(fresh, in)
		} else {
			delete(byName, c.Name)
		}
		list = append(list, in)
	}
	gone := slices.DeleteFunc(slices.Clone(m.instances), func(in *Instance) bool { return byName[in.Conf.Name] != in })
	for _, in := range gone {
		in.retire(now)
	}
	for _, in := range list {
		if !slices.Contains(fresh, in) {
			in.change(now, cfg)
		}
	}
	m.instances = list
	m.connect()
	m.exchange(now, before)
	m.plan.places = places
	if !m.started {
		return
	}
	for _, in := range list {
		in.weigh(now)
	}
	for _, in := range fresh {
		in.start(now)
	}
	for _, in := range list {
		in.settleAfterReload(now)
	}
}

// same tells whether c is the same instance in other words.
func (in *Instance) same(c *config.Instance) bool {
	o := in.Conf
	return o.Interface == c.Interface && o.VRID == c.VRID && o.V6 == c.V6 && o.Version == c.Version && o.VMAC == c.VMAC && in.unicast() == (len(c.Peers) > 0)
}

// retire ends an instance that is in the configuration no more. What it has is
// taken away with the other differences.
func (in *Instance) retire(now time.Time) {
	if in.state == Master {
		in.Stats.LeftMaster++
		in.zero(now)
	}
	in.halt()
	in.became(now, Init, "deleted")
	in.notify(Deleted)
	in.started = false
}

// change gives an instance its new configuration.
func (in *Instance) change(now time.Time, cfg *config.Config) {
	for _, c := range cfg.Instances {
		if c.Name != in.Conf.Name {
			continue
		}
		old, prio := in.Conf, in.prio
		in.configure(c)
		in.changeSplit(now)
		if prio != c.Priority {
			in.base = c.Priority
		}
		switch {
		case in.state == Master:
			in.learned = c.Interval
			if next := now.Add(c.Interval); in.main.at.After(next) {
				in.m.timers.set(&in.main, next)
			}
			in.timersOf(now, old)
		case old.Interval != c.Interval && (c.Version == 2 || !in.master.IsValid()):
			in.learned = c.Interval
			if in.state == Backup {
				in.m.timers.set(&in.main, now.Add(in.downInterval()))
			}
		}
		return
	}
}

// timersOf starts and stops a master's timers whose settings have changed.
func (in *Instance) timersOf(now time.Time, old *config.Instance) {
	set := func(t *timer, was, is time.Duration) {
		if is == 0 {
			in.m.timers.stop(t)
		} else if is != was {
			in.m.timers.set(t, now.Add(is))
		}
	}
	set(&in.refresh, old.GARP.Refresh, in.Conf.GARP.Refresh)
	set(&in.extra, old.GARP.ExtraIf, in.Conf.GARP.ExtraIf)
}

// settleAfterReload follows what the other configuration makes of what is known.
func (in *Instance) settleAfterReload(now time.Time) {
	const why = "reload"
	switch {
	case in.blocked() && in.state != Fault:
		in.enterFault(now, why, false)
	case !in.blocked() && !in.pending() && (in.state == Fault || in.state == Init):
		in.recover(now, why)
	}
	in.group.settle()
}

// holding is one thing that a master has put on the system.
type holding struct {
	in    *Instance
	addr  *config.Address
	route *config.Route
	rule  *config.Rule
}

// holdings is what all masters have, by what tells them apart.
func (m *Machine) holdings() map[string]holding {
	all := map[string]holding{}
	for _, in := range m.instances {
		if in.holds {
			in.list(all)
		}
	}
	return all
}

func (in *Instance) list(all map[string]holding) {
	c := in.Conf
	for a := range c.AllAddrs() {
		all[fmt.Sprint("address ", in.On(a), " ", in.dev(a), " ", a.Prefix, " ", a.Peer)] = holding{in: in, addr: a}
	}
	for i := range c.Routes {
		r := c.Routes[i]
		r.Pos, r.NoTrack, r.Words = config.Pos{}, false, nil
		all[fmt.Sprintf("route %+v", r)] = holding{in: in, route: &c.Routes[i]}
	}
	for i := range c.Rules {
		r := c.Rules[i]
		r.Pos, r.NoTrack, r.Words = config.Pos{}, false, nil
		all[fmt.Sprintf("rule %s", ruleKey(&r))] = holding{in: in, rule: &c.Rules[i]}
	}
}

// ruleKey spells out what stands behind pointers.
func ruleKey(r *config.Rule) string {
	s := fmt.Sprint(r.V6, r.Not, r.From, r.To, r.Table, r.Action, r.Goto, r.FwMark, r.FwMask, r.TOS, r.IIF, r.OIF, r.IPProto, r.L3Mdev)
	for _, p := range []*uint32{r.Priority, r.SuppressPrefix, r.SuppressGroup} {
		if p != nil {
			s += fmt.Sprint(" ", *p)
		} else {
			s += " -"
		}
	}
	for _, p := range []*[2]uint16{r.Sport, r.Dport} {
		if p != nil {
			s += fmt.Sprint(" ", *p)
		} else {
			s += " -"
		}
	}
	if r.UIDs != nil {
		s += fmt.Sprint(" ", *r.UIDs)
	}
	return s
}

// exchange takes away what no master has any more, and adds what is new.
func (m *Machine) exchange(now time.Time, before map[string]holding) {
	after := m.holdings()
	w := m.world
	for _, k := range sorted(before) {
		if _, stays := after[k]; stays {
			continue
		}
		switch h := before[k]; {
		case h.addr != nil:
			h.in.log(Info, "(%s) ip address %v dev %s, no longer exist", h.in.Conf.Name, h.addr.Prefix, h.in.On(h.addr))
			w.RemoveAddr(h.in, h.addr)
		case h.route != nil:
			w.RemoveRoute(h.in, h.route)
		default:
			w.RemoveRule(h.in, h.rule)
		}
	}
	told := map[*Instance]bool{}
	for _, k := range sorted(after) {
		h := after[k]
		if b, had := before[k]; had {
			if b.in != h.in && h.addr != nil {
				m.enqueue(now, h.in, h.addr)
			}
			continue
		}
		switch {
		case h.addr != nil:
			if !told[h.in] {
				told[h.in] = true
				h.in.log(Info, "(%s) setting VIPs.", h.in.Conf.Name)
			}
			w.AddAddr(h.in, h.addr)
			h.in.log(Info, "(%s) Sending/queueing %s on %s for %v", h.in.Conf.Name, kindOf(h.addr), h.in.On(h.addr), h.addr.Prefix.Addr())
			for range h.in.Conf.GARP.Repeat {
				m.enqueue(now, h.in, h.addr)
			}
		case h.route != nil:
			w.AddRoute(h.in, h.route)
		default:
			w.AddRule(h.in, h.rule)
		}
	}
	for _, in := range m.instances {
		if in.holds {
			w.Took(in, true)
		}
	}
}

func sorted(m map[string]holding) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
