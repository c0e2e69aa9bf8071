package config

import (
	"net/netip"
	"slices"
)

// finishHeartbeat checks the second path: it must be another one, and speak the same.
func (r *reader) finishHeartbeat(d *draft) {
	h := d.Heartbeat
	if h == nil {
		return
	}
	if h.Interval == 0 {
		h.Interval = d.Interval
	}
	h.Peers = slices.DeleteFunc(h.Peers, func(a netip.Addr) bool {
		wrong := a.Is6() != d.V6
		if wrong {
			r.err("(%s) heartbeat peer %v is of another family than the adverts - ignoring", d.Name, a)
		}
		return wrong
	})
	if h.Source.IsValid() && h.Source.Is6() != d.V6 {
		r.err("(%s) heartbeat source %v is of another family than the adverts - ignoring", d.Name, h.Source)
		h.Source = netip.Addr{}
	}
	switch {
	case h.Interface == "" || len(h.Peers) == 0:
		r.err("(%s) heartbeat needs an interface and a peer - ignoring it", d.Name)
	case h.Interface == d.Interface:
		r.err("(%s) heartbeat is on %s as the adverts are, which is no second path - ignoring it", d.Name, h.Interface)
	default:
		return
	}
	d.Heartbeat = nil
}

// secondPaths leaves out those on which nobody could tell whose adverts they are.
func (r *reader) secondPaths() {
	type key struct {
		dev  string
		v6   bool
		vrid uint8
	}
	has := map[key]string{}
	for _, d := range r.drafts {
		if !d.gone {
			has[key{d.Interface, d.V6, d.VRID}] = d.Name
		}
	}
	for _, d := range r.drafts {
		if d.gone || d.Heartbeat == nil {
			continue
		}
		k := key{d.Heartbeat.Interface, d.V6, d.VRID}
		if other := has[k]; other != "" {
			r.err("(%s) virtual router %d is on %s already, by %s - ignoring the heartbeat there", d.Name, d.VRID, k.dev, other)
			d.Heartbeat = nil
			continue
		}
		has[k] = d.Name
	}
}

func (r *reader) finishTieBreak(d *draft) {
	t := d.TieBreak
	if t == nil {
		return
	}
	t.Ping = slices.DeleteFunc(t.Ping, func(a netip.Addr) bool {
		ours := slices.ContainsFunc(append(slices.Clone(d.Addrs), d.Excluded...), func(v Address) bool { return v.Prefix.Addr() == a })
		if ours {
			r.err("(%s) tie_break asks %v, which the master has - ignoring", d.Name, a)
		}
		return ours
	})
	if len(t.Ping) == 0 && !t.Command.Set() {
		r.err("(%s) tie_break has nobody to ask - ignoring it", d.Name)
		d.TieBreak = nil
	}
}
