package config

import (
	"net/netip"
)

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
