package process

import (
	"os"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/proc"
)

// runChild is the life of a worker, or of a helper (ngx_worker_process_cycle,
// ngx_cache_manager_process_cycle).
func runChild(h *Hand, cfg Config) int {
	errlog.Echo(false)
	oneProcessor()
	r := &Runner{Config: cfg, pid: os.Getpid(), parent: h.Parent, daemonized: h.Daemonized}
	parent := newChannel(channelFD)
	snapshot, err := readSnapshot()
	if err != nil {
		fault(&cfg.Log, errlog.Emerg, err, "reading the configuration snapshot failed")
		return codeFatal
	}
	c, err := cfg.Program.Build(cfg.Options, nil, cfg.Log, h.given(snapshot))
	if err != nil {
		return codeFatal
	}
	c.Generation = h.Generation
	signals := make(chan proc.Signal, 64)
	proc.Catch(signals, caught...)
	proc.Ignore(proc.SIGSYS, proc.SIGPIPE)
	helper := findProcess(c, h)
	if h.Role == roleHelper && helper == nil {
		c.Log.Alert(nil, "no %s in the configuration", h.Title)
		return codeFatal
	}
	if helper == nil && c.Replay() != nil {
		return codeFatal
	}
	if code := settle(c, h.Index, helper != nil && helper.AsRoot); code != codeOK {
		return code
	}
	loop, err := event.New()
	if err != nil {
		fault(&c.Log, errlog.Emerg, err, "epoll_create() failed")
		return codeFatal
	}
	s := &server{Runner: r, loop: loop, worker: cycle.NewWorker(c, loop, h.Index, c.Board.Row(h.Slot)), helper: helper, name: h.Title}
	proc.SetTitle(r.Word + ": " + h.Title)
	commands := make(chan message, 16)
	go s.control(signals, commands)
	if helper != nil {
		go s.help()
	} else if s.worker.Start() != nil {
		return codeFatal
	}
	r.state.enter(Running, &c.Log)
	go parent.listen(func(m message) { commands <- m })
	parent.send(saysReady)
	loop.Run()
	return <-s.code()
}

// findProcess is the helper of the generation that the hand means.
func findProcess(c *cycle.Cycle, h *Hand) *cycle.Process {
	if h.Role != roleHelper {
		return nil
	}
	for i := range c.Processes {
		if c.Processes[i].Title == h.Title {
			return &c.Processes[i]
		}
	}
	return nil
}

// settle makes the process what the configuration says a worker is: priority,
// limits, user, processors, folder (ngx_worker_process_init). index is -1 for
// helpers.
func settle(c *cycle.Cycle, index int, asRoot bool) int {
	core, log := c.Core, &c.Log
	if index >= 0 && core.Priority.V != 0 {
		if err := proc.SetPriority(core.Priority.V); err != nil {
			log.Alert(err, "setpriority(%d) failed", core.Priority.V)
		}
	}
	if core.RlimitNofile.Written {
		if err := proc.SetLimit(proc.NoFile, uint64(core.RlimitNofile.V)); err != nil {
			log.Alert(err, "setrlimit(RLIMIT_NOFILE, %d) failed", core.RlimitNofile.V)
		}
	}
	if core.RlimitCore.Written {
		if err := proc.SetLimit(proc.Core, uint64(core.RlimitCore.V)); err != nil {
			log.Alert(err, "setrlimit(RLIMIT_CORE, %d) failed", core.RlimitCore.V)
		}
	}
	if proc.EffectiveUID() == 0 && !asRoot {
		if code := becomeUser(&core.User.V, log); code != codeOK {
			return code
		}
	}
	if index >= 0 {
		if set := core.Affinity.V.Of(index); set != nil {
			for cpu := range proc.MaxCPU {
				if set.Has(cpu) {
					log.Notice(nil, "sched_setaffinity(): using cpu #%d", cpu)
				}
			}
			if err := proc.SetAffinity(set); err != nil {
				log.Alert(err, "sched_setaffinity() failed")
			}
		}
	}
	if err := proc.SetDumpable(); err != nil {
		log.Alert(err, "prctl(PR_SET_DUMPABLE) failed")
	}
	if dir := core.WorkingDirectory.V; dir != "" {
		if err := os.Chdir(dir); err != nil {
			log.Alert(err, `chdir("%s") failed`, dir)
			return codeFatal
		}
	}
	return codeOK
}

func becomeUser(u *cycle.User, log *errlog.Log) int {
	if err := proc.SetGID(u.GID); err != nil {
		log.Emerg(err, "setgid(%d) failed", u.GID)
		return codeFatal
	}
	if err := proc.SetGroups(u.Groups); err != nil {
		log.Emerg(err, "initgroups(%s, %d) failed", u.Name, u.GID)
	}
	if err := proc.SetUID(u.UID); err != nil {
		log.Emerg(err, "setuid(%d) failed", u.UID)
		return codeFatal
	}
	return codeOK
}
