package process

import (
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/proc"
)

// server is the control of a process that serves: a worker, a helper, or the
// single process. It runs beside the loop and ends it.
type server struct {
	*Runner
	loop   *event.Loop
	worker *cycle.Worker
	helper *cycle.Process
	name   string // title of a worker or helper
	single bool

	end    chan int
	ending sync.Once
	once   sync.Once
}

// grace is what is left to connections that were cut.
const grace = 500 * time.Millisecond

func (s *server) code() chan int {
	s.once.Do(func() { s.end = make(chan int, 1) })
	return s.end
}

// control waits for signals and for the master's commands. It goes on while finish works,
// which may have to be hurried.
func (s *server) control(signals chan proc.Signal, commands chan message) {
	var idle <-chan struct{}
	var deadline <-chan time.Time
	cut, terminated := false, false
	terminate := func() {
		if terminated {
			return
		}
		terminated = true
		s.worker.Terminate()
		go s.finish(true)
	}
	quit := func() {
		if idle != nil || terminated {
			return
		}
		idle = s.quit()
		if t := s.worker.Cycle.Core.ShutdownTimeout.V; t > 0 {
			deadline = time.After(t)
		}
	}
	for {
		select {
		case sig := <-signals:
			switch s.received(sig) {
			case cmdQuit:
				quit()
			case cmdTerminate:
				terminate()
			case cmdReopen:
				s.reopen()
			case cmdReload:
				s.reload()
			}
		case m := <-commands:
			switch m {
			case cmdQuit:
				quit()
			case cmdTerminate:
				terminate()
			case cmdReopen:
				s.reopen()
			case cmdReload:
				select {
				case s.worker.Reload <- struct{}{}:
				default: // it has not heard of the last one yet
				}
			case gone:
				if idle == nil {
					s.log().Notice(nil, "master process is gone")
				}
				commands = nil
				quit()
			}
		case <-s.worker.Leave:
			quit()
		case <-idle:
			idle = make(chan struct{}) // once is enough
			go s.finish(false)
		case <-deadline:
			if cut {
				deadline = nil
				go s.finish(false)
				continue
			}
			cut = true
			s.log().Debug(errlog.DebugCore, "shutdown timeout, %d busy", s.worker.Busy())
			go s.worker.Cut()
			deadline = time.After(grace)
		}
	}
}

func (s *server) log() *errlog.Log { return &s.worker.Cycle.Log }

// received logs a signal and gives the command it stands for.
func (s *server) received(sig proc.Signal) message {
	action, command := "", gone
	switch sig {
	case proc.SIGQUIT:
		action, command = ", shutting down", cmdQuit
	case proc.SIGTERM, proc.SIGINT:
		action, command = ", exiting", cmdTerminate
	case proc.SIGUSR1:
		action, command = ", reopening logs", cmdReopen
	case proc.SIGWINCH:
		if s.daemonized && !s.single {
			action, command = ", shutting down", cmdQuit
		}
	case proc.SIGHUP:
		action = ", ignoring"
		if s.single {
			action, command = ", reconfiguring", cmdReload
		}
	case proc.SIGUSR2, proc.SIGIO:
		action = ", ignoring"
	}
	s.log().Notice(nil, "signal %d (%s) received%s", int(sig), sig, action)
	return command
}

// quit begins the graceful end.
func (s *server) quit() <-chan struct{} {
	s.state.enter(Quitting, s.log())
	if s.helper == nil {
		s.log().Notice(nil, "gracefully shutting down")
		if s.single {
			proc.SetTitle(s.Word + ": process is shutting down")
		} else {
			proc.SetTitle(s.Word + ": " + s.name + " is shutting down")
		}
	}
	idle := s.worker.Quit()
	s.worker.Cycle.CloseListeners(s.single)
	return idle
}

// finish ends the loop and thereby the process.
func (s *server) finish(atOnce bool) {
	s.ending.Do(func() {
		log := s.log()
		if atOnce {
			s.state.enter(Terminating, log)
			s.worker.Terminate()
		}
		if !s.single {
			log.Notice(nil, "exiting")
		}
		if s.helper == nil {
			s.worker.Stop()
		}
		s.worker.Cycle.Flush()
		if s.single {
			cycle.DeletePid(s.worker.Cycle.Core.Pid.V, log)
			s.worker.Cycle.CloseListeners(true)
		}
		log.Notice(nil, "exit")
		s.code() <- codeOK
		s.loop.Stop()
	})
}

func (s *server) reopen() {
	s.log().Notice(nil, "reopening logs")
	s.worker.Cycle.Reopen(-1)
}

// help runs a helper's work; when it is done the process ends.
func (s *server) help() {
	s.worker.Hold()
	if err := s.helper.Run(s.worker); err != nil {
		fault(s.log(), errlog.Alert, err, s.name+" failed")
	}
	s.finish(false)
}

// reload puts the next generation into the place of this one in the same
// process. The old one goes on with what is busy, then lets go.
func (s *server) reload() {
	old := s.worker
	s.state.enter(Reconfiguring, s.log())
	s.log().Notice(nil, "reconfiguring")
	defer s.state.enter(Running, s.log())
	next, err := s.Program.Build(s.Options, old.Cycle, old.Cycle.Log, nil)
	if err != nil {
		return
	}
	if err := next.RedirectStderr(); err != nil {
		next.Log.Alert(err, "dup2(STDERR) failed")
	}
	idle := old.Quit()
	w := cycle.NewWorker(next, s.loop, 0, next.Board.Row(0))
	next.Board.Row(0).Generation.Store(int32(next.Generation))
	next.Board.Row(0).Exiting.Store(0)
	s.worker = w
	if w.Start() != nil {
		s.finish(true)
		return
	}
	old.Cycle.CloseUnclaimed(next)
	go func() {
		<-idle
		old.Stop()
		old.Cycle.Release(next)
	}()
}
