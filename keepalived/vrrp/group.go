package vrrp

import (
	"time"

	"moongate/edge/wire/vrrp"
)

// agrees tells whether all others want to be master too.
func (g *Group) agrees(in *Instance) bool {
	for _, o := range g.Instances {
		if o != in && o.want != Master && o.state != Master {
			return false
		}
	}
	return true
}

// follow has the others do what one instance has done.
func (g *Group) follow(now time.Time, first *Instance, to State, why string) {
	if g.others(first, to) {
		g.m.world.Log(Info, "VRRP_Group(%s) Syncing instances to %v state", g.Conf.Name, to)
	}
	for _, in := range g.Instances {
		if in.state == to || !in.started {
			continue
		}
		switch to {
		case Master:
			in.enterMaster(now, why)
		case Fault:
			in.enterFault(now, why, false)
		case Backup:
			if in.state != Master {
				in.recover(now, why)
				continue
			}
			last := in.lastAdvert()
			if first.state == Backup && why == lost {
				last = vrrp.Leaves
			}
			in.enterBackup(now, why, false)
			in.leave(now, last)
			in.notify(ToBackup)
		}
	}
	g.settle()
}

func (g *Group) others(first *Instance, to State) bool {
	for _, in := range g.Instances {
		if in != first && in.started && in.state != to {
			return true
		}
	}
	return false
}

// settle notes the state that all instances have come to.
func (g *Group) settle() {
	if g == nil || len(g.Instances) == 0 {
		return
	}
	s := g.Instances[0].state
	for _, in := range g.Instances {
		if in.state != s {
			return
		}
	}
	g.state = s
	if e := entered(s); s != Init && (g.silent || g.notified != e) {
		g.silent, g.notified = false, e
		g.m.world.Notify(nil, g, e)
	}
}
