package lua

import (
	"moongate/core/cycle"
	"moongate/engine/httpd"
)

// agent is OpenResty's privileged agent: a process that serves nobody, keeps the master's
// user, and runs init_worker_by_lua* and its timers.
func (m *mainConf) agent(b *httpd.Builder) cycle.Process {
	return cycle.Process{Title: "privileged agent process", AsRoot: true, Run: func(p *cycle.Worker) error {
		w := &httpd.Worker{Cycle: p.Cycle, Proc: p, Loop: p.Loop, HTTP: b}
		if err := m.open(b, true); err != nil {
			return err
		}
		m.begin(w)
		<-p.Done
		if !p.Terminating() {
			quit(w)
			m.lua.Timers.Drain()
		}
		stop(w)
		return nil
	}}
}
