package process

import (
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
	"moongate/edge/sys/proc"
)

const alert = errlog.Alert

// heard is a message of a child. ch tells the process apart from the one that
// had the place before.
type heard struct {
	c   *child
	ch  *channel
	msg message
}

// Master starts and watches the processes that serve. It has one goroutine.
type Master struct {
	*Runner
	cycle    *cycle.Cycle
	children [cycle.Rows]*child
	snapshot int // memory file of the cycle's snapshot, -1 before the first child

	signals chan proc.Signal
	heard   chan heard
	again   chan *child      // to be started again after a pause
	alarm   <-chan time.Time // while terminating
	delay   time.Duration
	rounds  int // signals to swallow until the next round of killing

	terminate, quit bool
	firsts          bool // a graceful end waits for processes that end first
	newBinary       *child
	noAccepting     bool
}

// run is ngx_master_process_cycle.
func (m *Master) run() int {
	m.title("master process " + joinArgs(m.Args))
	if !m.leaveConsole(m.cycle) {
		return codeError
	}
	m.startWorkers(false)
	m.startHelpers(false, true)
	m.waitReady(readyAtStart)
	if !m.started(m.cycle) {
		m.killAll()
		return codeError
	}
	m.state.enter(Running, &m.cycle.Log)
	for {
		select {
		case s := <-m.signals:
			m.signal(s)
		case h := <-m.heard:
			m.hear(h)
		case c := <-m.again:
			m.startAgain(c)
		case <-m.alarm:
			m.delay *= 2
			m.rounds = 0
			m.terminateChildren()
		}
		if (m.terminate || m.quit) && !m.live() {
			return m.exit()
		}
	}
}

// startWorkers starts as many as the configuration says.
func (m *Master) startWorkers(newborn bool) {
	m.state.enter(Starting, &m.cycle.Log)
	m.cycle.Log.Notice(nil, "start worker processes")
	for i := range m.cycle.Core.WorkerProcesses.V {
		m.spawn(spawn{title: "worker process", index: i, respawn: true, newborn: newborn})
	}
}

// startHelpers starts the other processes that the generation wants; once tells
// whether also those that run only at the start.
func (m *Master) startHelpers(newborn, once bool) {
	for i := range m.cycle.Processes {
		p := &m.cycle.Processes[i]
		if p.Once && !once || p.Stays && m.stays(p) {
			continue
		}
		m.spawn(spawn{title: p.Title, index: -1, process: p, respawn: !p.Once, newborn: newborn})
	}
}

const (
	readyAtStart  = 2 * time.Second
	readyAtReload = 10 * time.Second
)

// waitReady waits until all children have said that they serve, or have ended,
// and tells whether any new worker serves.
func (m *Master) waitReady(most time.Duration) bool {
	deadline := time.After(most)
	waits := func() (waiting, ready bool) {
		for _, c := range m.children {
			if c != nil && c.index >= 0 && !c.exiting {
				waiting = waiting || !c.ready && !c.exited
				ready = ready || c.ready && c.newborn
			}
		}
		return
	}
	for {
		waiting, ready := waits()
		if !waiting {
			return ready
		}
		select {
		case h := <-m.heard:
			if m.hear(h); h.msg == gone && h.ch == h.c.channel {
				h.c.exited = true // which SIGCHLD will tell too
			}
		case <-deadline:
			return ready
		}
	}
}

func (m *Master) hear(h heard) {
	if h.ch == h.c.channel && h.msg == saysReady {
		h.c.ready = true
	}
}

// tell sends a command to all children that it is meant for
// (ngx_signal_worker_processes).
func (m *Master) tell(s proc.Signal) {
	command := map[proc.Signal]message{proc.SIGQUIT: cmdQuit, proc.SIGTERM: cmdTerminate, proc.SIGUSR1: cmdReopen}[s]
	for _, c := range m.children {
		if c == nil {
			continue
		}
		newborn := c.newborn
		c.newborn = false
		if newborn || c.alien || c.exited && c.pending == nil {
			continue
		}
		if c.pending != nil && s != proc.SIGUSR1 {
			m.forget(c)
			continue
		}
		if c.exited || c.exiting && s == proc.SIGQUIT {
			continue
		}
		if command == 0 || c.channel.send(command) != nil {
			m.cycle.Log.Debug(errlog.DebugCore, "kill (%d, %d)", c.pid, s)
			if err := proc.Kill(c.pid, s); err != nil {
				m.cycle.Log.Alert(err, "kill(%d, %d) failed", c.pid, s)
				continue
			}
		}
		if s != proc.SIGUSR1 {
			c.exiting = true
		}
	}
}

// live tells whether there is a child to wait for.
func (m *Master) live() bool {
	for _, c := range m.children {
		if c != nil && !c.alien {
			return true
		}
	}
	return false
}

// terminateChildren is the round that a terminating master makes again and again:
// first politely, after a second by force.
func (m *Master) terminateChildren() {
	if m.delay == 0 {
		m.delay = 50 * time.Millisecond
	}
	m.alarm = time.After(m.delay)
	m.cycle.Log.Debug(errlog.DebugEvent, "termination cycle: %d", m.delay.Milliseconds())
	if m.rounds > 0 {
		m.rounds--
		return
	}
	m.rounds = m.cycle.Core.WorkerProcesses.V + 2
	if m.delay > time.Second {
		m.tell(proc.SIGKILL)
	} else {
		m.tell(proc.SIGTERM)
	}
}

// killAll ends the children of a start that failed.
func (m *Master) killAll() {
	for _, c := range m.children {
		if c != nil && !c.exited {
			proc.Kill(c.pid, proc.SIGKILL)
			proc.Wait(c.pid)
		}
	}
}

// exit is ngx_master_process_exit.
func (m *Master) exit() int {
	pid := m.cycle.Core.Pid.V
	if m.newBinary != nil {
		pid = m.cycle.Core.OldPid()
	}
	cycle.DeletePid(pid, &m.cycle.Log)
	m.cycle.Log.Notice(nil, "exit")
	m.closeListeners()
	m.state.enter(Exited, &m.cycle.Log)
	return codeOK
}

// closeListeners closes the sockets. The paths of unix sockets stay when another
// master has them too: the new binary's, or the old one's that started this one.
func (m *Master) closeListeners() {
	m.cycle.CloseListeners(m.newBinary == nil && !m.parentServes())
}

func (m *Master) dropSnapshot() {
	if m.snapshot >= 0 {
		file.Close(m.snapshot)
		m.snapshot = -1
	}
}
