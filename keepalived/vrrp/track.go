package vrrp

import (
	"net/netip"
	"slices"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// Kind is what an object is.
type Kind uint8

// The kinds of objects that an instance can follow.
const (
	Interface Kind = iota
	Script
	Process
	File
	BFD
	Gateway
	drained // by an operator: each instance follows the one of its name
)

// Object is something that instances follow.
type Object struct {
	Kind Kind
	Name string
}

// object is what is known of an Object, and who follows it.
type object struct {
	known     bool
	value     int // 1 good, 0 bad; of a file its number
	followers []*Instance
}

// follow is one line of track_*.
type follow struct {
	of      Object
	object  *object
	weight  int
	reverse bool
}

// follow makes the lists of what is followed anew. What is known stays known.
func (m *Machine) follow() {
	for _, o := range m.objects {
		o.followers = o.followers[:0]
	}
	for _, in := range m.instances {
		in.followed = in.followed[:0]
		c := in.Conf
		in.add(drained, &config.Tracked{Name: c.Name})
		if !c.DontTrackPrimary && c.Interface != "" {
			in.add(Interface, &config.Tracked{Name: c.Interface})
		}
		if name := in.VMAC(); name != "" && !c.DontTrackPrimary {
			in.add(Interface, &config.Tracked{Name: name})
		}
		each(in.add, c.TrackInterfaces, c.TrackScripts, c.TrackProcesses, c.TrackFiles, c.TrackBFDs, c.TrackGateways)
		if in.group != nil {
			g := in.group.Conf
			each(in.share, g.TrackInterfaces, g.TrackScripts, g.TrackProcesses, g.TrackFiles, g.TrackBFDs, g.TrackGateways)
		}
		in.addDevices()
	}
	for of, o := range m.objects {
		if len(o.followers) == 0 && of.Kind != Interface {
			delete(m.objects, of)
		}
	}
}

func each(do func(Kind, *config.Tracked), interfaces, scripts, processes, files, bfds, gateways []config.Tracked) {
	for kind, list := range [][]config.Tracked{Interface: interfaces, Script: scripts, Process: processes, File: files, BFD: bfds, Gateway: gateways} {
		for i := range list {
			do(Kind(kind), &list[i])
		}
	}
}

// addDevices follows the other interfaces that addresses, routes and rules are on, unless
// they say no_track, and those of what is static and names a track_group that the instance is
// in. What track_interface says of one counts first.
func (in *Instance) addDevices() {
	c, own := in.Conf, in.VMAC()
	add := func(name string, not bool) {
		if name != "" && name != c.Interface && name != own && !not {
			in.add(Interface, &config.Tracked{Name: name})
		}
	}
	for a := range c.AllAddrs() {
		add(in.On(a), a.NoTrack)
	}
	for i := range c.Routes {
		add(c.Routes[i].Dev, c.Routes[i].NoTrack)
	}
	for i := range c.Rules {
		add(c.Rules[i].IIF, c.Rules[i].NoTrack)
	}
	cfg := in.m.cfg
	alien := func(group string) bool { return !slices.Contains(cfg.TrackGroups[group], c.Name) }
	for i := range cfg.StaticAddrs {
		add(cfg.StaticAddrs[i].Dev, alien(cfg.StaticAddrs[i].TrackGroup))
	}
	for i := range cfg.StaticRoutes {
		add(cfg.StaticRoutes[i].Dev, alien(cfg.StaticRoutes[i].TrackGroup))
	}
	for i := range cfg.StaticRules {
		add(cfg.StaticRules[i].IIF, alien(cfg.StaticRules[i].TrackGroup))
	}
}

// add follows t, unless the instance follows that already.
func (in *Instance) add(kind Kind, t *config.Tracked) {
	if of := (Object{kind, t.Name}); in.following(of) == nil {
		o := in.m.object(of)
		o.followers = append(o.followers, in)
		in.followed = append(in.followed, follow{of, o, t.Weight, t.Reverse})
	}
}

// share follows what the instance's group follows. What both follow counts once, as with
// keepalived: as a fault where the instance says so, else with what the group says, but for a
// process's reverse. A BFD session counts twice.
func (in *Instance) share(kind Kind, t *config.Tracked) {
	f := in.following(Object{kind, t.Name})
	switch {
	case f == nil:
		in.add(kind, t)
	case kind == BFD:
		in.followed = append(in.followed, follow{f.of, f.object, t.Weight, t.Reverse})
	case f.weight != 0:
		f.weight = t.Weight
		if kind != Process {
			f.reverse = t.Reverse
		}
	}
}

func (in *Instance) following(of Object) *follow {
	for i := range in.followed {
		if in.followed[i].of == of {
			return &in.followed[i]
		}
	}
	return nil
}

func (m *Machine) object(of Object) *object {
	o := m.objects[of]
	if o == nil {
		o = &object{}
		m.objects[of] = o
	}
	return o
}

// Track tells the result of a tracker: 1 good and 0 bad, or the number in a file.
func (m *Machine) Track(now time.Time, of Object, value int) {
	o := m.object(of)
	if o.known && o.value == value {
		return
	}
	o.known, o.value = true, value
	for _, in := range o.followers {
		in.review(now, of)
	}
}

// Drain has an instance, and its group, leave the addresses to others, or takes that back.
func (m *Machine) Drain(now time.Time, instance string, on bool) {
	of, value := Object{drained, instance}, 1
	if on {
		value = 0
	}
	if o := m.object(of); !on && !o.known {
		return
	}
	m.Track(now, of, value)
}

// Link tells whether an interface is up.
func (m *Machine) Link(now time.Time, name string, up bool) { m.LinkBy(now, "Netlink", name, up) }

// LinkBy is Link with the name of who says so.
func (m *Machine) LinkBy(now time.Time, who, name string, up bool) {
	of, value, word := Object{Interface, name}, 0, "down"
	if up {
		value, word = 1, "up"
	}
	if o := m.object(of); m.started && (!o.known || o.value != value) && len(o.followers) > 0 {
		m.world.Log(Info, "%s reports %s %s", who, name, word)
	}
	m.Track(now, of, value)
}

// Source tells the first address of a family that an interface has, and none when
// it has lost the last.
func (m *Machine) Source(now time.Time, dev string, v6 bool, a netip.Addr) {
	m.sources[at{dev, v6}] = a
	for _, in := range m.instances {
		if h := in.Conf.Heartbeat; h != nil && h.Interface == dev && in.Conf.V6 == v6 {
			in.setSource()
		}
		if in.Conf.Interface == dev && in.Conf.V6 == v6 && in.setSource() {
			in.review(now, Object{Interface, dev})
		}
	}
}

// setSource works out where adverts come from, and tells whether that is new.
func (in *Instance) setSource() bool {
	a := in.Conf.Source
	if !a.IsValid() || in.Conf.TrackSource {
		if have := in.m.sources[at{in.Conf.Interface, in.Conf.V6}]; !a.IsValid() || !have.IsValid() {
			a = have
		}
	}
	if h := in.Conf.Heartbeat; h != nil {
		if in.second.source = h.Source; !h.Source.IsValid() {
			in.second.source = in.m.sources[at{h.Interface, in.Conf.V6}]
		}
	}
	old := in.source
	in.source = a
	return a != old
}

// bad tells whether what is followed is a fault, and what it adds to the priority.
func (f *follow) bad() (fault bool, add int) {
	o, sign := f.object, 1
	if f.reverse {
		sign = -1
	}
	switch {
	case f.of.Kind == File:
		if !o.known {
			return false, 0
		}
		if f.weight == 0 {
			return (o.value != 0) != f.reverse, 0
		}
		add = o.value * f.weight * sign
		return add <= -254, min(add, 254)
	case !o.known && f.of.Kind != Interface && f.of.Kind != BFD:
		return false, 0 // an interface that nobody has seen is down, and so is a session
	case f.weight == 0:
		return (o.value == 0) != f.reverse, 0
	case (f.weight > 0) == (o.value != 0):
		return false, f.weight * sign
	}
	return false, 0
}

// weigh works out the faults and the effective priority. The running timer of a
// backup moves with it by the change of Skew.
func (in *Instance) weigh(now time.Time) {
	sum := 0
	in.faults, in.waiting = 0, 0
	for i := range in.followed {
		f := &in.followed[i]
		fault, add := f.bad()
		if fault {
			in.faults++
		}
		if !f.object.known && f.weight == 0 && f.of.Kind == Script {
			in.waiting++
		}
		sum += add
	}
	in.setSource()
	if !in.source.IsValid() {
		in.faults++
	}
	if in.deaf {
		in.faults++
	}
	if in.Conf.VMAC.Fault {
		in.faults++ // its ipvlan lacks what it needs
	}
	if in.Conf.UnicastFaultNoPeer && len(in.Conf.Peers) == 0 {
		in.faults++
	}
	in.total = int(in.base)
	eff := in.base
	if !in.owner() {
		in.total += sum
		eff = uint8(max(1, min(254, in.total)))
	}
	if eff != in.eff {
		in.reprioritise(now, eff)
	}
}

func (in *Instance) reprioritise(now time.Time, eff uint8) {
	before := in.skew()
	old := in.eff
	in.eff = eff
	if !in.started {
		return
	}
	in.log(Info, "(%s) Changing effective priority from %d to %d", in.Conf.Name, old, eff)
	if in.state == Backup && in.main.running() {
		in.m.timers.set(&in.main, in.main.at.Add(in.skew()-before))
	}
	if in.Conf.Notify.PriorityChanges || in.m.cfg.Global.NotifyPriorityChanges {
		switch in.state {
		case Master:
			in.m.world.Notify(in, nil, MasterPriority)
		case Backup:
			in.m.world.Notify(in, nil, BackupPriority)
		}
	}
}

// review looks at the instance again because of an object.
func (in *Instance) review(now time.Time, why Object) {
	if !in.started {
		return
	}
	was := in.state
	in.weigh(now)
	in.tellObject(why, was)
	switch {
	case in.blocked():
		if in.state == Fault {
			return
		}
		reason := in.reasonOf(why)
		in.enterFault(now, reason, false)
		if in.group != nil {
			in.group.follow(now, in, Fault, reason)
		}
	case in.state != Fault && in.state != Init || in.pending():
	case in.group == nil:
		in.recover(now, in.reasonOf(why))
	default:
		in.recover(now, in.reasonOf(why))
		in.group.follow(now, in, Backup, in.reasonOf(why))
	}
}

// blocked tells whether a fault holds the instance, or another of its group.
func (in *Instance) blocked() bool {
	return in.any(func(o *Instance) bool { return o.faults > 0 })
}

// pending tells whether a script has to run first.
func (in *Instance) pending() bool {
	return in.any(func(o *Instance) bool { return o.waiting > 0 })
}

func (in *Instance) any(f func(*Instance) bool) bool {
	if in.group == nil {
		return f(in)
	}
	for _, o := range in.group.Instances {
		if f(o) {
			return true
		}
	}
	return false
}

// Deaf tells whether an instance has no sockets, for want of its source address
// perhaps. A master that nobody hears would be one of two.
func (m *Machine) Deaf(now time.Time, in *Instance, deaf bool) {
	if in.deaf != deaf {
		in.deaf = deaf
		in.review(now, Object{Interface, in.Conf.Interface})
	}
}

const lost = "an address, route or rule was taken away"

// Lost tells that somebody has taken away what the instance has as master.
func (m *Machine) Lost(now time.Time, in *Instance) {
	if in.state == Master {
		in.lose(now, lost, vrrp.Leaves)
	}
}
