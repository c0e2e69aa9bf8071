package process

import (
	"os"
	"strings"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/proc"
)

// single is master_process off: one process does all (ngx_single_process_cycle).
// It ends gracefully on QUIT, as OpenResty's does and nginx's does not, and a
// reload lets the old generation finish what it was doing.
func (r *Runner) single(c *cycle.Cycle, signals chan proc.Signal) int {
	oneProcessor()
	proc.SetComm(r.Word)
	setEnvironment(c.Environment())
	loop, err := event.New()
	if err != nil {
		fault(&c.Log, errlog.Emerg, err, "epoll_create() failed")
		return codeFatal
	}
	s := &server{Runner: r, loop: loop, worker: cycle.NewWorker(c, loop, 0, c.Board.Row(0)), single: true}
	row := c.Board.Row(0)
	row.Worker.Store(0)
	row.Generation.Store(int32(c.Generation))
	row.Pid.Store(int32(r.pid))
	if s.worker.Start() != nil {
		return codeFatal
	}
	if !r.started(c) {
		return codeError
	}
	r.state.enter(Running, &c.Log)
	go s.control(signals, make(chan message))
	loop.Run()
	return <-s.code()
}

// setEnvironment makes the environment of this process what a worker's is.
func setEnvironment(env []string) {
	os.Clearenv()
	for _, e := range env {
		if name, value, ok := strings.Cut(e, "="); ok {
			os.Setenv(name, value)
		}
	}
}
