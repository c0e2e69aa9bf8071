package process

import "moongate/edge/sys/proc"

// endFirst begins a graceful end with the processes that go before the others: the
// address has to be another machine's before the doors behind it are closed.
func (m *Master) endFirst() {
	for _, c := range m.children {
		if m.goesFirst(c) {
			if c.pending != nil {
				m.forget(c)
				continue
			}
			m.firsts = true
			c.exiting = true
			c.channel.send(cmdQuit)
		}
	}
	if !m.firsts {
		m.endRest()
	}
}

func (m *Master) goesFirst(c *child) bool {
	return c != nil && c.process != nil && c.process.EndsFirst && !(c.exited && c.pending == nil)
}

// checkFirst goes on when the last of them is gone.
func (m *Master) checkFirst() {
	if !m.firsts {
		return
	}
	for _, c := range m.children {
		if m.goesFirst(c) {
			return
		}
	}
	m.firsts = false
	if !m.terminate {
		m.endRest()
	}
}

func (m *Master) endRest() {
	m.tell(proc.SIGQUIT)
	m.closeListeners()
}
