package config

import (
	"net/netip"
	"time"
)

// finishVRRP is what the VRRP process does when all is read: keepalived's checks
// between settings, in its order, which is that of its messages.
func (r *reader) finishVRRP() {
	if r.missingIf {
		r.err("Non-existent interface specified in configuration")
		return
	}
	r.finishScripts()
	r.finishGroups()
	r.finishTrackGroups()
	for _, d := range r.drafts {
		d.gone = !r.finishInstance(d)
	}
	r.duplicates()
	for _, d := range r.drafts {
		if d.gone {
			continue
		}
		r.config.Instances = append(r.config.Instances, d.Instance)
	}
	r.finishMembers()
	r.finishSync()
}

// finishScripts looks at the programs: those that are followed, then those that
// are run at changes.
func (r *reader) finishScripts() {
	keep := r.config.Scripts[:0]
	for _, s := range r.config.Scripts {
		if !s.Tracked {
			r.log("Warning - script %s is not used", s.Name)
			continue
		}
		if s.Command.Open {
			keep = append(keep, s)
			continue
		}
		switch r.resolve(&s.Command) {
		case insecure:
			r.err("Disabling track script %s due to insecure", s.Name)
			r.untrack(s.Name)
		case unusable:
			r.err("Disabling track script %s since not found/accessible", s.Name)
			r.untrack(s.Name)
		case noExec:
			r.untrack(s.Name)
		default:
			keep = append(keep, s)
		}
	}
	r.config.Scripts = keep
	notify := func(n *Notify) {
		for _, c := range []*Command{&n.Backup, &n.Master, &n.Fault, &n.Stop, &n.Any, &n.MasterLowerPrio, &n.Deleted} {
			if c.Set() && r.resolve(c) != usable {
				*c = Command{}
			}
		}
	}
	for _, g := range r.config.Groups {
		notify(&g.Notify)
	}
	for _, d := range r.drafts {
		notify(&d.Notify)
	}
	g := &r.config.Global
	if len(r.drafts) > 0 {
		r.finishPipes(&g.FIFO, &g.VRRPFIFO)
	}
	if r.scripts && !g.ScriptSecurity {
		r.security("SECURITY VIOLATION - scripts are being executed but script_security not enabled.%s", "")
	}
}

// finishPipes looks at the readers of FIFOs.
func (r *reader) finishPipes(pipes ...*Pipe) {
	for _, p := range pipes {
		if p.Reader.Set() && r.resolve(&p.Reader) != usable {
			p.Reader = Command{}
		}
	}
}

// untrack takes a script away from all who follow it.
func (r *reader) untrack(name string) {
	drop := func(list []Tracked) []Tracked {
		keep := list[:0]
		for _, t := range list {
			if t.Name != name {
				keep = append(keep, t)
			}
		}
		return keep
	}
	for _, d := range r.drafts {
		d.TrackScripts = drop(d.TrackScripts)
	}
	for _, g := range r.config.Groups {
		g.TrackScripts = drop(g.TrackScripts)
	}
}

// finishGroups finds the members of the groups.
func (r *reader) finishGroups() {
	keep := r.config.Groups[:0]
	for _, g := range r.config.Groups {
		if len(g.Names) == 0 {
			r.err("Sync group %s has no virtual router(s). removing", g.Name)
			continue
		}
		for _, name := range g.Names {
			d := r.byName[name]
			switch {
			case d == nil:
				r.err("Virtual router %s specified in sync group %s doesn't exist - ignoring", name, g.Name)
			case d.Group != nil:
				r.err("Virtual router %s cannot exist in more than one sync group; ignoring %s", name, g.Name)
			default:
				d.Group = g
				g.Instances = append(g.Instances, d.Instance)
			}
		}
		switch len(g.Instances) {
		case 0:
			r.err("Sync group %s, no matching virtual router found in group declaration - removing", g.Name)
			continue
		case 1:
			r.err("Sync group %s has only 1 virtual router(s) - this probably isn't what you want", g.Name)
		}
		keep = append(keep, g)
	}
	r.config.Groups = keep
}

func (r *reader) finishTrackGroups() {
	for name, list := range r.config.TrackGroups {
		if len(list) == 0 {
			r.log("Static track group %s has no virtual router(s)", name)
			delete(r.config.TrackGroups, name)
		}
	}
}

// finishInstance checks one instance; false: it is dropped.
func (r *reader) finishInstance(d *draft) bool {
	g := &r.config.Global
	if d.VRID == 0 {
		r.err("(%s) the virtual router id must be set", d.Name)
		return false
	}
	if d.Interface == "" && !(len(d.Peers) > 0 && d.Source.IsValid()) {
		r.err("(%s) Unknown interface!", d.Name)
		return false
	}
	d.Strict = d.strict.Or(g.Strict)
	if d.Version == 0 {
		if d.Version = g.Version; d.Version == 0 {
			d.Version = 2
			if d.V6 {
				d.Version = 3
			}
		}
	}
	if d.V6 && d.Version == 2 {
		if d.Strict {
			r.err("(%s) cannot use IPv6 with VRRP version 2; setting version 3", d.Name)
		} else {
			r.log("(%s) cannot use IPv6 with VRRP version 2; setting version 3", d.Name)
		}
		d.Version = 3
	}
	if len(d.Addrs) == 0 && !d.NoVIPs {
		if d.Strict || d.Version == 3 {
			r.err("(%s) No VIP specified; at least one is required", d.Name)
			return false
		}
		r.err("(%s) No VIP specified; at least one is sensible", d.Name)
	}
	if !r.finishPriority(d) || !r.finishAuth(d) || !r.finishUnicast(d) || !r.finishInterface(d) {
		return false
	}
	if d.V6 && len(d.Addrs) > 0 && !d.Addrs[0].Prefix.Addr().IsLinkLocalUnicast() {
		if d.Strict {
			r.err("(%s) the first IPv6 VIP address must be link local", d.Name)
		} else {
			r.log("(%s) the first IPv6 VIP address should be link local", d.Name)
		}
	}
	r.finishCount(d)
	r.finishPreempt(d)
	r.finishDest(d)
	r.finishGARP(d)
	r.finishStrict(d)
	r.finishTimes(d)
	r.finishVMAC(d)
	r.finishOwn(d)
	if len(d.Addrs) == 0 && !d.NoVIPs {
		// keepalived looks twice.
		r.err("(%s) No VIP specified; at least one is sensible", d.Name)
	}
	r.finishTracks(d)
	return true
}

func (r *reader) finishPriority(d *draft) bool {
	if d.Priority == 0 {
		d.Priority = 100
		if d.Master {
			d.Priority = 255
		}
	}
	if d.Strict && d.stateWord && d.Master != (d.Priority == 255) {
		r.err("(%s) State MASTER must match being address owner", d.Name)
		d.Master = d.Priority == 255
	}
	if d.Priority == 255 && (!d.Strict || !d.stateWord) {
		d.Master = true
	}
	return true
}

func (r *reader) finishAuth(d *draft) bool {
	switch {
	case d.Auth.Type == NoAuth:
	case d.Strict:
		r.err("(%s) Strict mode does not support authentication. Ignoring.", d.Name)
		d.Auth = Auth{}
	case d.Version == 3:
		r.err("(%s) VRRP version 3 does not support authentication. Ignoring.", d.Name)
		d.Auth = Auth{}
	case d.Auth.Data == [8]byte{}:
		r.err("(%s) Authentication specified but no password given. Ignoring", d.Name)
		d.Auth = Auth{}
	case d.Auth.Type == AH && d.V6:
		r.err("(%s) Cannot use AH authentication with IPv6. ignoring", d.Name)
		d.Auth = Auth{}
	case d.Auth.Type == AH && d.Master && d.Priority != 255:
		r.err("(%s) Initial state master is incompatible with AH authentication - clearing", d.Name)
		d.Master = false
	}
	if h := d.HMAC; h != nil {
		if _, ok := h.Keys[h.Active]; !ok {
			r.err("(%s) auth_hmac has no key %d - ignoring it", d.Name, h.Active)
			d.HMAC = nil
		}
	}
	return true
}

func (r *reader) finishUnicast(d *draft) bool {
	if d.Strict && len(d.Peers) > 0 {
		r.log("(%s) Unicast peers are not supported in strict mode", d.Name)
		return false
	}
	if d.unicastWord && len(d.Peers) == 0 {
		if d.UnicastFaultNoPeer {
			r.log("(%s) Cannot use unicast without any peers - going to fault state", d.Name)
		} else {
			r.err("(%s) A unicast keyword has been specified without any unicast peers. Defaulting to multicast. This usage is deprecated - please update your configuration.", d.Name)
		}
	}
	return true
}

// finishDest is where adverts go without peers.
func (r *reader) finishDest(d *draft) {
	if d.Unicast && d.McastDst.IsValid() {
		r.err("(%s) multicast destination specified with unicast - ignoring", d.Name)
		d.McastDst = netip.Addr{}
	}
	if !d.Unicast && !d.McastDst.IsValid() {
		d.McastDst = r.config.Global.Mcast4
		if d.V6 {
			d.McastDst = r.config.Global.Mcast6
		}
	}
}

func (r *reader) finishInterface(d *draft) bool {
	switch {
	case d.Interface == "" && d.Source.IsLinkLocalUnicast() && d.V6:
		r.err("(%s) Non link-local address required if interface omitted", d.Name)
		return false
	case d.VRF != "" && d.Interface != "":
		r.err("(%s) vrf can only be specified with%s - clearing", d.Name, "out interface")
		d.VRF = ""
	case d.VRF != "" && !d.Unicast:
		r.err("(%s) vrf can only be specified with%s - clearing", d.Name, " unicast peers")
		d.VRF = ""
	}
	if d.Interface != "" && d.link.Index != 0 {
		if d.VMAC.Use && !d.link.Ethernet && !d.VMAC.IPVLAN {
			r.err("(%s): vmacs are only supported on Ethernet type interfaces", d.Name)
			d.VMAC.Use = false
		}
		if !d.Unicast && !d.link.Multicast {
			r.err("(%s) interface %s does not support multicast, specify unicast peers - disabling", d.Name, d.Interface)
			return false
		}
		if d.link.NoARP && !d.V6 {
			r.log("(%s) disabling ARP since interface does not support it", d.Name)
		}
	}
	return true
}

// finishCount takes the addresses out that an advert has no room for.
func (r *reader) finishCount(d *draft) {
	mtu := d.link.MTU
	if mtu == 0 {
		mtu = 1500
	}
	// As keepalived counts: a header of VRRP and 16 bytes to spare.
	most := mtu - 20 - 8 - 16
	if d.V6 {
		most = (mtu - 40 - 8 - 16) / 16
	} else {
		if d.Version == 2 {
			most -= 8
		}
		if d.Auth.Type == AH {
			most -= 24
		}
		most /= 4
	}
	most = min(max(most, 0), 255)
	if len(d.Addrs) > most {
		r.err("(%s) Number of VIPs (%d) exceeds maximum/space available in packet (max %d addresses) - excess moved to eVIPs", d.Name, len(d.Addrs), most)
		d.Excluded = append(d.Addrs[most:len(d.Addrs):len(d.Addrs)], d.Excluded...)
		d.Addrs = d.Addrs[:most:most]
	}
}

func (r *reader) finishPreempt(d *draft) {
	if d.NoPreempt && d.Priority == 255 {
		r.err("(%s) nopreempt is incompatible with priority %d. resetting nopreempt", d.Name, 255)
		d.NoPreempt = false
	}
	if d.Master && d.NoPreempt {
		r.err("(%s) Warning - nopreempt will not work with initial state MASTER - clearing", d.Name)
		d.NoPreempt = false
	}
	if d.PreemptDelay != 0 {
		before := d.PreemptDelay
		if d.Strict {
			r.err("(%s) preempt_delay is incompatible with strict mode - resetting", d.Name)
			d.PreemptDelay = 0
		}
		switch {
		case d.NoPreempt:
			r.err("(%s) preempt_delay is incompatible with nopreempt mode - resetting", d.Name)
			d.PreemptDelay = 0
		case d.Master && d.PreemptDelay == before:
			r.err("(%s) Warning - preempt delay will not work with initial state MASTER - clearing", d.Name)
			d.PreemptDelay = 0
		}
	}
	if d.Strict && d.DownTimerAdverts != 3 {
		r.err("(%s) down_timer_adverts is incompatible with strict mode - resetting", d.Name)
		d.DownTimerAdverts = 3
	}
	switch {
	case d.Strict && d.Version == 2 && d.accept == On && d.Priority != 255:
		r.err("(%s) warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting", d.Name)
		d.Accept = false
	default:
		d.Accept = d.accept.Or(!d.Strict || d.Priority == 255)
	}
}

func (r *reader) finishTimes(d *draft) {
	if d.Version == 2 {
		if d.Interval%time.Second != 0 {
			r.err("(%s) VRRPv2 advertisement interval %fs must be an integer. rounding", d.Name, d.Interval.Seconds())
			d.Interval = max(time.Second, (d.Interval + time.Second/2).Truncate(time.Second))
		}
		return
	}
	const most = 4095 * 10 * time.Millisecond
	switch {
	case d.Interval > most:
		r.err("(%s) VRRPv3 advertisement interval %.2fs is out of range. Must be less than %.2fs. Setting to %.2fs", d.Name, d.Interval.Seconds(), 40.96, most.Seconds())
		d.Interval = most
	case d.Interval%(10*time.Millisecond) != 0:
		r.err("(%s) VRRPv3 advertisement interval %fs must be in units of 10ms - rounding", d.Name, d.Interval.Seconds())
		d.Interval = max(10*time.Millisecond, (d.Interval + 5*time.Millisecond).Truncate(10*time.Millisecond))
	}
}

// finishGARP fills in what global_defs says.
func (r *reader) finishGARP(d *draft) {
	g, w := &r.config.Global, &d.garp
	base := g.GARP
	if g.MinGARP {
		base.Delay, base.Repeat = 0, 1
	}
	d.GARP = base
	set(&d.GARP.Delay, w.Delay)
	set(&d.GARP.Repeat, w.Repeat)
	set(&d.GARP.Refresh, w.Refresh)
	set(&d.GARP.RefreshRepeat, w.RefreshRepeat)
	if w.ExtraIf != nil {
		d.GARP.ExtraIf, d.GARP.ExtraAll = *w.ExtraIf, w.ExtraAll
	}
	d.GARP.LowerDelay, d.GARP.LowerRepeat = d.GARP.Delay, d.GARP.Repeat
	set(&d.GARP.LowerDelay, g.lowerDelay)
	set(&d.GARP.LowerRepeat, g.lowerRepeat)
	set(&d.GARP.LowerDelay, w.LowerDelay)
	set(&d.GARP.LowerRepeat, w.LowerRepeat)
}

func set[T any](at *T, value *T) {
	if value != nil {
		*at = *value
	}
}

// finishStrict sets back what the RFC does not know.
func (r *reader) finishStrict(d *draft) {
	g := &r.config.Global
	lower := d.lowerNoAdvert
	if lower == Default {
		lower = g.LowerPrioNoAdvert
	}
	higher := d.higherAdvert
	if higher == Default {
		higher = g.HigherPrioSendAdvert
	}
	d.LowerPrioNoAdvert, d.HigherPrioSendAdvert, d.HigherPrioSet = lower.Or(false), higher.Or(false), higher != Default
	if !d.Strict {
		return
	}
	if d.garp.LowerRepeat != nil && *d.garp.LowerRepeat != 0 {
		r.err("(%s) Strict mode requires no repeat garps. resetting", d.Name)
	}
	if d.garp.LowerDelay != nil && *d.garp.LowerDelay != 0 {
		r.err("(%s) Strict mode requires no repeat garp delay. resetting", d.Name)
	}
	d.GARP.LowerRepeat, d.GARP.LowerDelay = 0, 0
	if lower == Off {
		r.err("(%s) Strict mode requires no lower priority advert. resetting", d.Name)
	}
	d.LowerPrioNoAdvert = true
	if higher == On {
		r.err("(%s) strict mode requires higher_prio_send_advert to be clear. resetting", d.Name)
	}
	d.HigherPrioSendAdvert, d.HigherPrioSet = false, true
	d.OwnerIgnoreAdverts = true
}

// finishOwn is about the instance's own interface.
func (r *reader) finishOwn(d *draft) {
	keep := d.TrackInterfaces[:0]
	for _, t := range d.TrackInterfaces {
		if t.Name == d.Interface {
			r.err("(%s) Ignoring track_interface %s since own interface", d.Name, t.Name)
			continue
		}
		keep = append(keep, t)
	}
	d.TrackInterfaces = keep
	if v := &d.VMAC; v.XmitBase && (!v.Use || v.IPVLAN) {
		r.err("(%s) vmac_xmit_base is only valid with a vmac", d.Name)
		v.XmitBase = false
	}
}

// finishTracks drops what can't be followed.
func (r *reader) finishTracks(d *draft) {
	owner := d.Priority == 255
	inGroup := d.Group != nil && !d.Group.Weighted
	reason := "address_owner"
	if !owner {
		reason = "SYNC group"
	}
	keep := d.TrackInterfaces[:0]
	for _, t := range d.TrackInterfaces {
		switch {
		case t.Weight != 0 && owner:
			r.err("(%s) ignoring %s tracked interface %sdue to %s", d.Name, t.Name, "", "address owner")
			continue
		case t.Weight != 0 && inGroup:
			r.err("(%s) ignoring %s tracked interface %sdue to %s", d.Name, t.Name, "weight ", "SYNC group")
			t.Weight = 0
		}
		if d.Group != nil && tracksToo(d.Group.TrackInterfaces, t.Name) {
			r.err("(%s) track_interface %s is configured on VRRP instance and sync group. Remove vrrp instance or sync group config", d.Name, t.Name)
			continue
		}
		keep = append(keep, t)
	}
	d.TrackInterfaces = keep
	if !owner && !inGroup {
		return
	}
	weighted := func(list []Tracked, tell func(t Tracked) (gone bool)) []Tracked {
		keep := list[:0]
		for _, t := range list {
			if t.Weight != 0 && tell(t) {
				continue
			}
			keep = append(keep, t)
		}
		return keep
	}
	d.TrackScripts = weighted(d.TrackScripts, func(t Tracked) bool {
		r.err("(%s) ignoring tracked script %s with weights due to %s", d.Name, t.Name, reason)
		return true
	})
	for i := range d.TrackFiles {
		if t := &d.TrackFiles[i]; t.Weight != 0 && !t.set {
			r.err("(%s) ignoring weight from tracked file %s due to %s. specify weight 0", d.Name, t.Name, reason)
			t.Weight = 0
		}
	}
	d.TrackFiles = weighted(d.TrackFiles, func(t Tracked) bool {
		r.err("(%s) ignoring tracked file %s with weight %d due to %s", d.Name, t.Name, t.Weight, reason)
		return true
	})
	d.TrackProcesses = weighted(d.TrackProcesses, func(t Tracked) bool {
		r.log("(%s) ignoring tracked process %s with weight %d due to %s", d.Name, t.Name, t.Weight, reason)
		return true
	})
	d.TrackBFDs = weighted(d.TrackBFDs, func(t Tracked) bool {
		r.err("(%s) ignoring tracked bfd %s with weight %d due to %s", d.Name, t.Name, t.Weight, reason)
		return true
	})
	d.TrackGateways = weighted(d.TrackGateways, func(t Tracked) bool {
		r.err("(%s) ignoring tracked gateway %s with weight %d due to %s", d.Name, t.Name, t.Weight, reason)
		return true
	})
}

func tracksToo(list []Tracked, name string) bool {
	for _, t := range list {
		if t.Name == name {
			return true
		}
	}
	return false
}

// finishGroupTracks takes weights away that can't count: the priority of an owner
// never changes.
func (r *reader) finishGroupTracks(g *Group) {
	for _, x := range []struct {
		list        []Tracked
		what, doing string
	}{
		{g.TrackScripts, "script", "clearing weight"}, {g.TrackFiles, "file", "setting weight 0"}, {g.TrackProcesses, "process", "setting weight 0"},
		{g.TrackBFDs, "bfd", "setting weight 0"}, {g.TrackInterfaces, "interface", "clearing weight"}, {g.TrackGateways, "gateway", "clearing weight"},
	} {
		for i := range x.list {
			if t := &x.list[i]; t.Weight != 0 {
				r.err("(%s) Cannot have weighted track %s '%s' with member having priority %d - %s", g.Name, x.what, t.Name, 255, x.doing)
				t.Weight = 0
			}
		}
	}
}

func (r *reader) finishVMAC(d *draft) {
	v := &d.VMAC
	for _, list := range [][]Address{d.Addrs, d.Excluded} {
		for i := range list {
			switch a := &list[i]; {
			case !a.VMAC:
			case v.UseAddr:
				r.err("(%s) use_vmac_addr specified and use_vmac specified for VIP/eVIP %s", d.Name, a.Prefix.Addr())
				a.VMAC = false
			case v.Use && (a.Dev == "" || a.Dev == d.Interface):
				r.err("(%s) use_vmac specified for VIP/eVIP %s and vrrp instance", d.Name, a.Prefix.Addr())
				a.VMAC = false
			}
		}
	}
	if v.MACWithVRID {
		v.MAC[5] = d.VRID
	}
	switch {
	case v.XmitBase && d.Strict && v.Use && !v.IPVLAN:
		r.err("(%s) xmit_base is incompatible with strict mode - resetting", d.Name)
		v.XmitBase = false
	case v.HasMAC && d.Strict:
		r.err("(%s): cannot specify MAC address with strict mode - clearing", d.Name)
		v.HasMAC, v.MAC = false, [6]byte{}
	}
	if v.Use && d.PromoteSecondaries {
		r.err("(%s) promote_secondaries is automatically set for vmacs - ignoring", d.Name)
		d.PromoteSecondaries = false
	}
	if v.IPVLAN && !d.V6 && !v.IPVLANAddr.IsValid() {
		r.err("(%s) IPv4 ipvlan requires a source ip address to be configured. setting instance to fault state", d.Name)
		v.Fault = true
	}
}

// duplicates finds instances that could not be told apart on the wire.
func (r *reader) duplicates() {
	type key struct {
		vrid  uint8
		v6    bool
		name  string
		group netip.Addr // that adverts go to; not valid with peers
	}
	seen := map[key][]*draft{}
	for _, d := range r.drafts {
		if d.gone {
			continue
		}
		k := key{d.VRID, d.V6, d.Interface, d.McastDst}
		for _, have := range seen[k] {
			switch {
			case !d.Unicast:
				ip := 4
				if d.V6 {
					ip = 6
				}
				r.err("%s and %s both use VRID %d with IPv%d on interface %s", have.Name, d.Name, d.VRID, ip, d.Interface)
				d.gone = true
			case peersMeet(d.Peers, have.Peers):
				r.err("(%s) duplicate VRID conflict with %s VRID %d", have.Name, d.Name, d.VRID)
				d.gone = true
			}
			if d.gone {
				break
			}
		}
		if !d.gone {
			seen[k] = append(seen[k], d)
		}
	}
}

func peersMeet(a, b []Peer) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Addr == y.Addr {
				return true
			}
		}
	}
	return false
}

// finishMembers takes dropped instances out of their groups.
func (r *reader) finishMembers() {
	kept := map[*Instance]bool{}
	for _, i := range r.config.Instances {
		kept[i] = true
	}
	groups := r.config.Groups[:0]
	for _, g := range r.config.Groups {
		list := g.Instances[:0]
		owners := 0
		for _, i := range g.Instances {
			if kept[i] {
				list = append(list, i)
				if i.Priority == 255 {
					owners++
				}
			}
		}
		if g.Instances = list; len(list) == 0 {
			continue
		}
		if owners > 0 {
			r.finishGroupTracks(g)
		}
		if owners > 0 && owners < len(list) {
			r.log("Sync group %s has some member(s) as address owner and some not as address owner. This won't work.", g.Name)
		}
		groups = append(groups, g)
	}
	r.config.Groups = groups
}

// finishSync finds the instance that lvs_sync_daemon follows.
func (r *reader) finishSync() {
	d := r.config.Global.SyncDaemon
	for _, i := range r.config.Instances {
		if d == nil && i.SyncDaemonInterface != "" { // the old form
			d = &SyncDaemon{Interface: i.SyncDaemonInterface, Instance: i.Name, ID: int(i.VRID)}
			r.config.Global.SyncDaemon = d
		}
	}
	if d == nil || d.Instance == "" || len(r.drafts) == 0 {
		return
	}
	for _, i := range r.config.Instances {
		if i.Name == d.Instance {
			if d.ID < 0 {
				d.ID = int(i.VRID)
			}
			return
		}
	}
	r.log("Unable to find vrrp instance %s for lvs_syncd - clearing lvs_syncd config", d.Instance)
	r.config.Global.SyncDaemon = nil
}
