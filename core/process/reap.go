package process

import (
	"os"
	"time"

	"moongate/edge/sys/proc"
)

// A worker that lives shorter than this has failed to start, as far as pauses
// between attempts are concerned.
const soon = time.Second

// pauses before a process that died soon is started again.
var pauses = []time.Duration{0, 0, 100 * time.Millisecond, 400 * time.Millisecond, time.Second, 2 * time.Second}

// reap takes note of all children that have ended (ngx_process_get_status and
// ngx_reap_children).
func (m *Master) reap() {
	for _, c := range m.children {
		if c == nil || c.pending != nil {
			continue
		}
		if pid, st, err := proc.Reap(c.pid); err == nil && pid != 0 {
			c.exited, c.status = true, st
			m.note(c)
			m.bury(c)
		}
	}
	m.checkFirst()
	if os.Getpid() == 1 {
		// The first process of a container gets orphans that are not its own.
		for {
			if pid, _, err := proc.Reap(-1); err != nil || pid == 0 {
				break
			}
		}
	}
}

// note logs how a child ended.
func (m *Master) note(c *child) {
	log := &m.cycle.Log
	st := c.status
	if st.Exited {
		log.Notice(nil, "%s %d exited with code %d", c.title, c.pid, st.Code)
	} else {
		core := ""
		if st.Core {
			core = " (core dumped)"
		}
		log.Alert(nil, "%s %d exited on signal %d%s", c.title, c.pid, int(st.Signal), core)
	}
	// A process that has served is started again: Go's runtime ends with this code too.
	if st.Exited && st.Code == codeFatal && c.respawn && !c.ready {
		log.Alert(nil, "%s %d exited with fatal code %d and cannot be respawned", c.title, c.pid, st.Code)
		c.respawn = false
	}
}

// bury releases what a child that has ended had, and starts it again when it
// should be there.
func (m *Master) bury(c *child) {
	if !c.alien {
		c.channel.close()
		m.cycle.Board.Row(c.slot).Pid.Store(0)
		if m.cycle.Memory != nil {
			m.cycle.Memory.Reap(c.pid)
		}
	}
	if c.respawn && (!c.exiting || c.renew) && !m.terminate && !m.quit {
		c.exiting, c.renew = false, false
		if time.Since(c.started) < soon {
			c.failures++
		} else {
			c.failures = 0
		}
		if pause := pauses[min(c.failures, len(pauses)-1)]; pause > 0 {
			c.pending = time.AfterFunc(pause, func() { m.again <- c })
			return
		}
		if m.start(c) {
			return
		}
		m.cycle.Log.Alert(nil, "could not respawn %s", c.title)
	}
	if c == m.newBinary {
		m.newBinaryEnded()
	}
	m.children[c.slot] = nil
}

// startAgain starts a child whose pause is over.
func (m *Master) startAgain(c *child) {
	if c.pending == nil || m.children[c.slot] != c {
		return
	}
	c.pending = nil
	if m.terminate || m.quit || !m.start(c) {
		m.children[c.slot] = nil
	}
}

// forget drops a child that is only waiting to be started again.
func (m *Master) forget(c *child) {
	c.pending.Stop()
	c.pending = nil
	m.children[c.slot] = nil
}
