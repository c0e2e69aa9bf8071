package track

import (
	"os"
	"time"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/script"
)

// grace is how long a program that has had its time may take to end after SIGTERM.
const grace = 2 * time.Second

// Script runs a vrrp_script at its interval.
type Script struct {
	Conf    *config.Script
	Counter *Counter

	loop    *loop.Loop
	log     role.Logf
	tell    func(*Script)
	timer   *loop.Timer // the next run
	limit   *loop.Timer // of the run
	run     *script.Run
	running bool
	late    bool // the run was told to end
	killed  bool
	status  int // as it was logged last
	stopped bool
}

// NewScript makes a script, which Start has run. tell is called when its state is
// another, and the first time.
func NewScript(c *config.Script, l *loop.Loop, log role.Logf, tell func(*Script)) *Script {
	s := &Script{Conf: c, Counter: NewCounter(c.Rise, c.Fall), loop: l, log: log, tell: tell}
	s.timer, s.limit = l.NewTimer(s.begin), l.NewTimer(s.overrun)
	return s
}

// Start begins at once.
func (s *Script) Start() {
	if s.Conf.InitFail {
		s.Counter.Assume(false)
		s.tell(s)
	}
	s.begin()
}

// Stop ends it. A program that still runs is asked to end.
func (s *Script) Stop() {
	s.stopped = true
	s.timer.Stop()
	s.limit.Stop()
	if s.run != nil {
		s.run.Signal(proc.SIGTERM)
	}
}

// Take goes over to another configuration of the same program.
func (s *Script) Take(c *config.Script) {
	up, ran := s.Counter.Up(), s.Counter.Ran()
	s.Conf, s.Counter = c, NewCounter(c.Rise, c.Fall)
	if ran {
		s.Counter.Assume(up)
	}
}

// Running tells in keepalived's words what the program does.
func (s *Script) Running() string {
	switch {
	case !s.running:
		return "idle"
	case s.killed:
		return "forcing termination"
	case s.late:
		return "requested termination"
	}
	return "running"
}

// Status is the exit status of the last run.
func (s *Script) Status() int { return s.status }

func (s *Script) begin() {
	if s.stopped {
		return
	}
	s.timer.After(max(s.Conf.Interval, 10*time.Millisecond))
	if s.running {
		s.log(role.Info, "Track script %s is %s, expect idle - skipping run", s.Conf.Name, s.Running())
		return
	}
	if c := &s.Conf.Command; c.Open {
		s.running = true
		go s.try(c.Args[0])
		return
	}
	s.running, s.late, s.killed = true, false, false
	timeout := s.Conf.Timeout
	if timeout == 0 {
		timeout = s.Conf.Interval
	}
	s.limit.After(timeout)
	// Starting a program stops the thread until the kernel has read it.
	go s.start()
}

func (s *Script) start() {
	run, err := script.Start(&s.Conf.Command)
	if err != nil {
		s.loop.Post(func() { s.failed(err) })
		return
	}
	s.loop.Post(func() { s.started(run) })
	<-run.Done()
	s.loop.Post(func() { s.ended(run.Status()) })
}

// try only opens the file.
func (s *Script) try(path string) {
	st := proc.Status{Exited: true}
	f, err := os.Open(path)
	if err != nil {
		st.Code = 1
	} else {
		f.Close()
	}
	s.loop.Post(func() { s.ended(st) })
}

func (s *Script) started(run *script.Run) {
	s.run = run
	if s.stopped || s.late {
		run.Signal(proc.SIGTERM)
	}
}

// overrun asks a program that has had its time to end, and then makes it.
func (s *Script) overrun() {
	if !s.running {
		return
	}
	if s.late {
		s.killed = true
		if s.run != nil {
			s.run.Signal(proc.SIGKILL)
		}
		return
	}
	s.late = true
	if s.run != nil {
		s.run.Signal(proc.SIGTERM)
	}
	s.limit.After(grace)
	s.count(false, "timed_out")
}

// failed counts a program that could not be started as a shell does.
func (s *Script) failed(err error) {
	const notFound = 127
	if s.status != notFound {
		s.log(role.Info, "Script `%s` can't be started: %v", s.Conf.Name, err)
	}
	s.ended(proc.Status{Exited: true, Code: notFound})
}

func (s *Script) ended(st proc.Status) {
	s.limit.Stop()
	late := s.late
	s.run, s.running, s.late, s.killed = nil, false, false, false
	if s.stopped || late {
		return // it has been counted
	}
	code := st.Code
	if !st.Exited {
		code = int(st.Signal)
	}
	if code != s.status {
		s.log(role.Info, "Script `%s` now returning %d", s.Conf.Name, code)
		s.status = code
	}
	s.count(st.Exited && st.Code == 0, "failed ("+script.How(st)+")")
}

func (s *Script) count(ok bool, how string) {
	if !s.Counter.Add(ok) {
		return
	}
	if ok {
		how = "succeeded"
	}
	s.log(role.Info, "VRRP_Script(%s) %s", s.Conf.Name, how)
	s.tell(s)
}
