package config

import "slices"

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
		ignored := false
		switch {
		case t.Weight != 0 && owner:
			r.err("(%s) ignoring %s tracked interface %sdue to %s", d.Name, t.Name, "", "address owner")
			continue
		case t.Weight != 0 && inGroup:
			r.err("(%s) ignoring %s tracked interface %sdue to %s", d.Name, t.Name, "weight ", "SYNC group")
			t.Weight, ignored = 0, true
		}
		if d.Group != nil && tracksToo(d.Group.TrackInterfaces, t.Name) {
			r.err("(%s) track_interface %s is configured on VRRP instance and sync group. Remove vrrp instance or sync group config", d.Name, t.Name)
			if ignored {
				continue // what the group says counts, as it would with the weight
			}
		}
		keep = append(keep, t)
	}
	d.TrackInterfaces = keep
	if owner || inGroup {
		r.dropWeights(d, reason)
	}
	if d.Group != nil {
		r.finishShared(d)
	}
}

// dropWeights drops what an instance whose priority is not to move follows with a weight.
// Processes stay, as they do with keepalived.
func (r *reader) dropWeights(d *draft, reason string) {
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
	d.TrackBFDs = weighted(d.TrackBFDs, func(t Tracked) bool {
		r.err("(%s) ignoring tracked bfd %s with weight %d due to %s", d.Name, t.Name, t.Weight, reason)
		return true
	})
	d.TrackGateways = weighted(d.TrackGateways, func(t Tracked) bool {
		r.err("(%s) ignoring tracked gateway %s with weight %d due to %s", d.Name, t.Name, t.Weight, reason)
		return true
	})
}

// finishShared is about what the instance and its group follow both: that is said, and the
// machine knows what counts.
func (r *reader) finishShared(d *draft) {
	g := d.Group
	for _, k := range []struct {
		word       string
		own, their []Tracked
	}{
		{"track_script", d.TrackScripts, g.TrackScripts}, {"track_file", d.TrackFiles, g.TrackFiles}, {"track_process", d.TrackProcesses, g.TrackProcesses},
		{"track_bfd", d.TrackBFDs, g.TrackBFDs}, {"track_gateway", d.TrackGateways, g.TrackGateways},
	} {
		for _, t := range k.own {
			if tracksToo(k.their, t.Name) {
				r.log("(%s) %s %s is configured on VRRP instance and sync group. Remove vrrp instance config", d.Name, k.word, t.Name)
			}
		}
	}
}

func tracksToo(list []Tracked, name string) bool {
	return slices.ContainsFunc(list, func(t Tracked) bool { return t.Name == name })
}
