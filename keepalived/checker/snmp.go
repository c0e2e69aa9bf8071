package checker

import (
	"slices"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/role"
	"moongate/keepalived/snmp"
)

// startSNMP begins to serve what the configuration wants, or goes on.
func (p *process) startSNMP() {
	if p.asked == nil {
		p.asked = make(chan func())
	}
	p.snmpd = snmp.Start(p.snmpd, role.Checker, &p.cfg.Global, p.ask, p.session.Log)
	p.tell.snmpd, p.tell.standing = p.snmpd, p.standing
}

// ask is how the link, on its own goroutine, hears how things stand.
func (p *process) ask(answer func(*snmp.Snapshot)) {
	if !p.do(func() { answer(&snmp.Snapshot{Config: p.cfg, Status: p.status(), SetWeight: p.setWeight}) }) {
		answer(nil)
	}
}

// do has the process's goroutine do something, if it comes to it in time.
func (p *process) do(f func()) bool {
	select {
	case p.asked <- f:
		return true
	case <-time.After(askTime):
		return false
	}
}

const (
	askTime   = time.Second
	lastTraps = time.Second / 2 // for the traps of the end
)

// setWeight is for the link's goroutine. A server that a reload has replaced since the
// snapshot is not touched.
func (p *process) setWeight(v *config.Server, r *config.RealServer, weight int) {
	p.do(func() {
		for _, virtual := range p.state.Virtuals() {
			for _, real := range virtual.Reals {
				if virtual.Config == v && real.Config == r {
					p.state.SetWeight(real, weight)
					p.dirty = true
				}
			}
		}
	})
}

// alive counts the real servers of a virtual one that are alive, and all.
func alive(v *config.Server, standing func(*config.Checker) lvs.Standing) (up, all int) {
	for _, r := range v.Servers {
		all++
		if !slices.ContainsFunc(r.Checkers, func(c *config.Checker) bool { return !standing(c).Up }) {
			up++
		}
	}
	return up, all
}
