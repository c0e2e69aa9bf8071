package process

import (
	"os"

	"moongate/core/errlog"
	"moongate/edge/sys/proc"
)

// caught are the signals that nginx has handlers for.
var caught = []proc.Signal{proc.SIGHUP, proc.SIGUSR1, proc.SIGWINCH, proc.SIGTERM, proc.SIGQUIT, proc.SIGUSR2,
	proc.SIGALRM, proc.SIGINT, proc.SIGIO, proc.SIGCHLD}

// signal does what a signal asks of a master.
func (m *Master) signal(s proc.Signal) {
	action := ""
	ignored := false
	switch s {
	case proc.SIGQUIT:
		action = ", shutting down"
	case proc.SIGTERM, proc.SIGINT:
		action = ", exiting"
	case proc.SIGWINCH:
		if m.daemonized {
			action = ", stop accepting connections"
		}
	case proc.SIGHUP:
		action = ", reconfiguring"
	case proc.SIGUSR1:
		action = ", reopening logs"
	case proc.SIGUSR2:
		// Not while the old binary's master is there still, nor while a new
		// one's is there already.
		ignored = os.Getppid() == m.parent || m.newBinary != nil
		action = ", changing binary"
		if ignored {
			action = ", ignoring"
		}
	}
	log := &m.cycle.Log
	log.Notice(nil, "signal %d (%s) received%s", int(s), s, action)
	if ignored {
		log.Message(errlog.Crit, "the changing binary signal is ignored: "+
			"you should shutdown or terminate before either old or new binary's process")
		return
	}
	switch s {
	case proc.SIGCHLD:
		m.reap()
	case proc.SIGTERM, proc.SIGINT:
		m.terminate = true
		m.state.enter(Terminating, log)
		m.rounds = 0
		m.terminateChildren()
	case proc.SIGQUIT:
		if m.terminate {
			return
		}
		if !m.quit {
			m.quit = true
			m.state.enter(Quitting, log)
			m.endFirst()
		}
	case proc.SIGHUP:
		if !m.terminate && !m.quit {
			m.reload()
		}
	case proc.SIGUSR1:
		log.Notice(nil, "reopening logs")
		m.cycle.Reopen(m.cycle.UserUID())
		m.tell(proc.SIGUSR1)
	case proc.SIGUSR2:
		log.Notice(nil, "changing binary")
		m.upgrade()
	case proc.SIGWINCH:
		if m.daemonized {
			m.noAccepting = true
			m.state.enter(NoAccepting, log)
			m.tell(proc.SIGQUIT)
		}
	}
}

// reload builds the next generation and puts it in the place of this one.
func (m *Master) reload() {
	if m.newBinary != nil {
		// The new binary has taken over; HUP brings the workers back.
		m.startWorkers(false)
		m.startHelpers(false, true)
		m.noAccepting = false
		return
	}
	m.state.enter(Reconfiguring, &m.cycle.Log)
	m.cycle.Log.Notice(nil, "reconfiguring")
	next, err := m.Program.Build(m.Options, m.cycle, m.cycle.Log, nil)
	if err != nil {
		m.state.enter(Running, &m.cycle.Log)
		return
	}
	old := m.cycle
	m.cycle = next
	if err := next.RedirectStderr(); err != nil {
		next.Log.Alert(err, "dup2(STDERR) failed")
	}
	m.noteEvents(next)
	old.Release(next)
	m.dropSnapshot()
	m.startWorkers(true)
	m.startHelpers(true, true)
	if !m.waitReady(readyAtReload) && next.Core.WorkerProcesses.V > 0 {
		next.Log.Message(errlog.Alert, "no new worker process is ready, the old ones go on")
		m.adoptNewborn()
	} else {
		m.tell(proc.SIGQUIT)
	}
	m.state.enter(Running, &m.cycle.Log)
}

// adoptNewborn makes the children of a reload ordinary ones without telling the
// others to quit.
func (m *Master) adoptNewborn() {
	for _, c := range m.children {
		if c != nil {
			c.newborn = false
		}
	}
}
