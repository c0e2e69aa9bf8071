package process

import (
	"os"
	"os/exec"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/sys/proc"
	"moongate/edge/sys/socket"
)

// upgrade starts the program anew from its file, which may hold another version
// by now, with the listening sockets (ngx_exec_new_binary).
func (m *Master) upgrade() {
	log, core := &m.cycle.Log, m.cycle.Core
	path := m.Args[0]
	if !strings.Contains(path, "/") {
		// nginx takes the bare name as a path and fails; what the shell found
		// the first time is meant.
		if found, err := exec.LookPath(path); err == nil {
			path = found
		}
	}
	files := []int{0, 1, 2}
	var numbers []int
	for _, l := range m.cycle.Listeners {
		for _, fd := range l.Descriptors() {
			numbers = append(numbers, len(files))
			files = append(files, fd)
		}
	}
	start := &proc.Child{Path: path, Argv: m.Args, Files: files,
		Env: append(m.cycle.Environment(), socket.Variable+"="+socket.FormatInherited(numbers))}
	if err := os.Rename(core.Pid.V, core.OldPid()); err != nil {
		log.Alert(err, `rename() %s to %s failed before executing new binary process "%s"`, core.Pid.V, core.OldPid(), m.Args[0])
		return
	}
	slot, err := m.place()
	if err == nil {
		var pid int
		if pid, err = proc.Start(start); err == nil {
			c := &child{slot: slot, pid: pid, title: "new binary process", index: -1, alien: true}
			m.children[slot], m.newBinary = c, c
			log.Notice(nil, "start %s %d", c.title, pid)
			m.state.enter(Upgrading, log)
			return
		}
		log.Alert(err, `execve() failed while executing new binary process "%s"`, path)
	} else {
		log.Message(alert, err.Error())
	}
	if err := os.Rename(core.OldPid(), core.Pid.V); err != nil {
		log.Alert(err, `rename() %s back to %s failed after an attempt to execute new binary process "%s"`,
			core.OldPid(), core.Pid.V, m.Args[0])
	}
}

// newBinaryEnded takes the pid file back, and serves again if it had stopped.
func (m *Master) newBinaryEnded() {
	core := m.cycle.Core
	if err := os.Rename(core.OldPid(), core.Pid.V); err != nil {
		m.cycle.Log.Alert(err, `rename() %s back to %s failed after the new binary process "%s" exited`,
			core.OldPid(), core.Pid.V, m.Args[0])
	}
	m.newBinary = nil
	m.state.enter(Running, &m.cycle.Log)
	if m.noAccepting && !m.quit && !m.terminate {
		m.noAccepting = false
		m.startWorkers(false)
		m.startHelpers(false, true)
	}
}

// inherited reads the sockets that an old binary hands over.
func (r *Runner) inherited() (fds []int, given bool) {
	value, given := os.LookupEnv(socket.Variable)
	if !given {
		return nil, false
	}
	os.Unsetenv(socket.Variable)
	r.Log.Notice(nil, "using inherited sockets from \"%s\"", value)
	fds, err := socket.ParseInherited(value)
	if err != nil {
		r.Log.Message(errlog.Emerg, err.Error())
	}
	return fds, true
}

// parentServes tells whether the master that started this one as a new binary is
// there still.
func (r *Runner) parentServes() bool { return r.upgraded && os.Getppid() == r.parent }
