package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// session is the child's side of what role.Session promises.
type session struct {
	*hello
	logger *logger
	parent *link
	config atomic.Pointer[config.Config] // dumps are asked for by signals too
	events chan role.Event

	reloads int
	over    chan struct{} // closed when the role has returned
	dumps   sync.WaitGroup
	begun   sync.Once // -d has been seen to
}

// queueEvents is how many events wait for a role that is busy.
const queueEvents = 256

// runChild is the life of a VRRP, checker or BFD process.
func runChild(h *hello, parent *link, program Program) int {
	s := &session{hello: h, parent: parent, events: make(chan role.Event, queueEvents), over: make(chan struct{})}
	s.logger = newLogger(h.Options, h.Role, s.line)
	defer parent.flush()
	defer s.logger.close()
	log := s.logger.log
	c, err := s.parse(h.Conf)
	if err != nil {
		log(role.Err, "%s", err)
		return role.Config
	}
	s.config.Store(c)
	s.logger.rename(identOf(h.Role, instanceOf(c, h.Namespace)))
	settle(h, &c.Global, log)
	if !writePID(h.PIDFile, log) {
		log(role.Info, "%s child process: cannot write pidfile", wordOf(h.Role))
		return role.OK // which starts it again, as it can be cured
	}
	defer removePID(h.PIDFile)
	signals := make(chan proc.Signal, 64)
	proc.Catch(signals, caught...)
	go s.watch(signals)
	go parent.listen(s.hear)
	code := role.OK
	if run := program.Roles[h.Role].Run; run != nil {
		code = run(&role.Session{Board: board(h, log), Config: c, Options: h.Options.Work, Log: log, Events: s.events, Restarted: h.Restarted, Kept: h.Kept, Parent: s})
	} else {
		idle(s)
	}
	close(s.over)
	s.dumps.Wait()
	if h.Options.Work.Detail > 0 {
		log(role.Info, "Stopped - used %s", usedTime())
	} else {
		log(role.Info, "Stopped")
	}
	return code
}

// parse makes a configuration of what the parent has read, and says what is wrong
// with this role's part.
func (s *session) parse(from *snapshot) (*config.Config, error) {
	l, err := load(from, from.replay(), &s.Options.Work)
	if l != nil {
		l.tell(whose[s.Role], s.logger.log, s.Options.Work.Detail > 0)
	}
	if err != nil {
		return nil, err
	}
	return l.config, nil
}

// idle is the work of a role that has none: it is ready and waits for its end.
func idle(s *session) {
	s.Ready()
	for e := range s.events {
		switch e.Kind {
		case role.Stop:
			return
		case role.Reload:
			s.Ready()
		case role.Ask:
			e.Answer(&status.Status{})
		}
	}
}

// watch turns signals into events. They come to the parent by rights; HUP to a
// child alone has no meaning, as it is the parent that reads files.
func (s *session) watch(signals <-chan proc.Signal) {
	for sig := range signals {
		switch sig {
		case proc.SIGTERM:
			s.events <- role.Event{Kind: role.Stop}
		case proc.SIGUSR1:
			s.hear(&frame{Kind: isData})
		case proc.SIGUSR2:
			s.hear(&frame{Kind: isStats})
		case sigClearStats:
			s.hear(&frame{Kind: isClearStats})
		case sigJSON:
			s.hear(&frame{Kind: isJSON})
		}
	}
}

// hear takes a frame of the parent.
func (s *session) hear(f *frame) {
	if f == nil {
		s.events <- role.Event{Kind: role.Stop, Orphan: true}
		return
	}
	switch f.Kind {
	case isStop:
		s.events <- role.Event{Kind: role.Stop}
	case isReload:
		s.logger.reopen()
		s.logger.log(role.Info, "Reloading")
		c, err := s.parse(f.Conf)
		if err != nil {
			s.logger.log(role.Err, "%s", err)
			return
		}
		s.reloads++
		s.saveState(s.config.Load(), s.reloads, "pre")
		s.config.Store(c)
		s.events <- role.Event{Kind: role.Reload, Config: c}
		s.saveState(c, s.reloads, "post")
	case isMessage:
		s.events <- role.Event{Kind: role.Message, From: f.Name, Data: f.Data}
	case isAsk:
		s.answer(f.Key)
	case isData, isStats, isJSON, isClearStats:
		s.dump(f.Kind)
	}
}

// Ready implements role.Parent.
func (s *session) Ready() {
	s.parent.send(&frame{Kind: isReady})
	time.AfterFunc(shrinkAfter, proc.Shrink)
	if s.Options.Work.DumpConfig {
		s.begun.Do(s.show)
	}
}

// show is -d: at the start the configuration goes to the log.
func (s *session) show() {
	c := s.config.Load()
	go func() { // Ready does not wait, and events may
		s.events <- role.Event{Kind: role.Ask, Answer: func(st *status.Status) {
			for line := range strings.Lines(status.Global(&c.Global, s.Role == role.VRRP, status.Reload{}) + st.Data(c, string(s.Role))) {
				s.logger.log(role.Info, "%s", strings.TrimSuffix(line, "\n"))
			}
		}}
	}()
}

// Keep implements role.Parent.
func (s *session) Keep(key, value string) {
	s.parent.send(&frame{Kind: isKeep, Key: key, Value: value})
}

// Tell implements role.Parent.
func (s *session) Tell(name role.Name, message []byte) {
	s.parent.send(&frame{Kind: isMessage, Name: name, Data: message})
}

// settle makes the process what the configuration says of it as a whole: its name,
// priority and processors. What belongs to a thread (real time) is the role's.
func settle(h *hello, g *config.Global, log role.Logf) {
	p := map[role.Name]*config.Priority{role.VRRP: &g.VRRP, role.Checker: &g.Checker, role.BFD: &g.BFD}[h.Role]
	proc.SetComm(commOf(h.Role, g, p.Name))
	if h.Options.Umask >= 0 {
		proc.Umask(h.Options.Umask)
	} else if g.Umask != nil {
		proc.Umask(int(*g.Umask))
	}
	if p.Nice != 0 {
		if err := proc.SetPriority(p.Nice); err != nil {
			log(role.Info, "Unable to set process priority to %d: %s", p.Nice, err)
		}
	}
	if len(p.CPUs) > 0 {
		var set proc.CPUSet
		for _, cpu := range p.CPUs {
			if cpu >= 0 && cpu < proc.MaxCPU {
				set.Add(cpu)
			}
		}
		if err := proc.SetAffinity(&set); err != nil {
			log(role.Info, "Unable to set cpu affinity: %s", err)
		}
	}
	h.Options.coreDumps(log)
}

// commOf is the short name in ps: keepalived, or with process_names keepalived_vrrp
// and so on, or what is configured.
func commOf(name role.Name, g *config.Global, configured string) string {
	switch {
	case configured != "":
		return configured
	case !g.ProcessNames || name == "":
		return "keepalived"
	}
	return map[role.Name]string{role.VRRP: "keepalived_vrrp", role.Checker: "keepalived_lvs", role.BFD: "keepalived_bfd"}[name]
}

// instanceOf is what distinguishes this keepalived from others of the machine.
func instanceOf(c *config.Config, namespace string) string {
	instance := c.Global.Instance
	if namespace == "" {
		return instance
	}
	if instance != "" {
		instance = "_" + instance
	}
	return filepath.Base(namespace) + instance
}

func wordOf(name role.Name) string {
	for _, w := range words {
		if w.name == name {
			return w.word
		}
	}
	return os.Args[0]
}
