package process

import "moongate/core/cycle"

// stays looks for the process that a generation before has started for p, and
// takes it over: it is told of the new generation, or to end and make room when
// what it was started for has changed.
func (m *Master) stays(p *cycle.Process) bool {
	for _, c := range m.children {
		if c == nil || c.process == nil || !c.process.Stays || c.title != p.Title || !c.respawn || c.exiting && !c.renew {
			continue
		}
		same := c.process.Key == p.Key
		c.process = p
		c.newborn = true // the "quit" of this reload is not for it
		switch {
		case c.pending != nil || c.renew: // it will be started as p
		case same:
			c.channel.send(cmdReload)
		default:
			c.renew, c.exiting = true, true
			c.channel.send(cmdQuit)
		}
		return true
	}
	return false
}
