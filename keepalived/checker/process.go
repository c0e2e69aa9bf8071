package checker

import (
	"bytes"
	"errors"
	"time"

	"moongate/keepalived/check"
	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/notify"
	"moongate/keepalived/role"
	"moongate/keepalived/snmp"
)

// Role is the checker as keepalived/daemon runs it, with the planes it may choose
// from, the best first.
func Role(openers []Opener) role.Role {
	run := func(s *role.Session) int {
		p := &process{session: s, openers: openers, notify: notify.New(role.Checker, &s.Config.Global, s.Log), locals: watchLocals}
		return p.run()
	}
	clear := func(cfg *config.Config, log role.Logf) {
		plane := open(openers, cfg, log)
		if plane == nil {
			return
		}
		if err := errors.Join(plane.Apply(nil), plane.Close(false)); err != nil {
			log(role.Err, "Data plane %s: %s", plane.Name(), err)
		}
	}
	return role.Role{Run: run, Clear: clear}
}

// process is the state of the process. Its own goroutine alone touches it.
type process struct {
	session *role.Session
	openers []Opener
	notify  notifier
	locals  func(role.Logf) (*locals, error)

	cfg    *config.Config
	tls    *check.TLS
	files  *check.Files
	events chan check.Event
	list   []*watched
	checks map[*config.Checker]*watched
	tell   *teller
	state  *lvs.State
	plane  lvs.Plane
	local  *locals
	snmpd  *snmp.Link  // nil: nothing is shown by SNMP
	asked  chan func() // by it
	sync   syncing

	timeouts [3]time.Duration // that the plane has been told
	dirty    bool             // the plane is to be told
	retry    *time.Timer      // of Apply that failed
	drain    *time.Timer
	swift    time.Duration // between two looks at draining servers
}

const (
	queue      = 1024        // events of checks that wait
	batch      = 256         // events that the plane hears of at once
	retryPause = time.Second // until Apply is tried again
	drainTime  = time.Minute // for connections to removed servers
	drainPause = time.Second // between two looks at these
	never      = 10 * 365 * 24 * time.Hour
)

func (p *process) run() int {
	if code := p.start(); code != role.OK {
		return code
	}
	p.session.Parent.Ready()
	if p.session.Restarted {
		p.session.Parent.Tell(role.BFD, []byte("again")) // what it told the process before this one
	}
	for {
		select {
		case e := <-p.session.Events:
			if e.Kind == role.Stop {
				p.stop()
				return role.OK
			}
			p.outside(&e)
		case e := <-p.events:
			p.found(&e)
			p.more(batch)
		case f := <-p.asked:
			f()
		case <-p.local.changed():
			p.activate(false)
		case <-p.drain.C:
			p.drained()
		case <-p.retry.C:
			p.dirty = true
		}
		p.apply()
	}
}

func (p *process) start() int {
	p.cfg = p.session.Config
	p.events = make(chan check.Event, queue)
	p.retry, p.drain = time.NewTimer(never), time.NewTimer(never)
	if p.swift == 0 {
		p.swift = drainPause
	}
	var err error
	if p.tls, err = check.NewTLS(p.cfg.SSL); err != nil {
		p.session.Log(role.Info, "%s", err)
		p.session.Log(role.Info, "Terminate...")
		return role.Config
	}
	if p.files, err = check.NewFiles(); err != nil {
		p.session.Log(role.Info, "Changes of track files can't be followed: %s", err)
	}
	p.plane = open(p.openers, p.cfg, p.session.Log)
	p.setTimeouts()
	if p.cfg.Global.Flush && !p.session.Restarted {
		p.flush()
	}
	p.tell = &teller{log: p.session.Log, notify: p.notify, global: &p.cfg.Global}
	p.startSNMP()
	p.use(p.make(p.cfg))
	p.recall()
	p.state = lvs.New(p.cfg, p.standing, p.tell)
	p.state.DrainTime = drainTime
	p.dirty = true
	p.apply()
	p.follow()
	p.activate(true)
	p.startSync()
	return role.OK
}

func (p *process) use(list []*watched) {
	p.list, p.checks = list, make(map[*config.Checker]*watched, len(list))
	for _, w := range list {
		p.checks[w.Config] = w
	}
}

// recall makes checks that had failed when another process died start as failed, so
// that nobody comes up only because of that.
func (p *process) recall() {
	if !p.session.Restarted {
		return
	}
	for _, w := range p.list {
		if p.session.Kept[w.key] == "down" {
			w.Hold()
		}
	}
}

// outside deals with what the parent says.
func (p *process) outside(e *role.Event) {
	switch e.Kind {
	case role.Reload:
		p.reload(e.Config)
		p.session.Parent.Ready()
	case role.Ask:
		e.Answer(p.status())
	case role.Message:
		if !p.heardSync(e) {
			p.heard(e)
		}
	}
}

// more deals with further events that are there already.
func (p *process) more(n int) {
	for range n {
		select {
		case e := <-p.events:
			p.found(&e)
		default:
			return
		}
	}
}

// found deals with what a check has found out.
func (p *process) found(e *check.Event) {
	w := p.checks[e.Check.Config]
	if w == nil || w.Check != e.Check {
		return // of before a reload, which has asked the check itself
	}
	if e.Weighed {
		p.state.Weigh(w.Config, e.Weight)
		p.dirty = true
	}
	for _, line := range e.Lines {
		p.session.Log(role.Info, "%s", line)
	}
	if !e.Settled {
		return
	}
	p.state.Set(w.Config, e.Up, e.First, e.Mail)
	p.dirty = true
	kept := ""
	if !e.Up {
		kept = "down"
	}
	p.session.Parent.Keep(w.key, kept)
}

// heard takes a line of the BFD process: "NAME up" or "NAME down".
func (p *process) heard(e *role.Event) {
	name, word, ok := bytes.Cut(e.Data, []byte(" "))
	if e.From != role.BFD || !ok {
		return
	}
	up := string(word) == "up"
	state := "Down"
	if up {
		state = "Up"
	}
	p.session.Log(role.Info, "Received BFD event: instance %s is in state %s", name, state)
	for _, w := range p.list {
		if w.Config.Kind == "BFD_CHECK" && w.Config.BFD == string(name) {
			if e, ok := w.Hear(up); ok {
				p.found(&e)
			}
		}
	}
}

// apply makes the plane have what it is to have.
func (p *process) apply() {
	if !p.dirty || p.plane == nil {
		return
	}
	p.dirty = false
	if err := p.plane.Apply(p.state.Services()); err != nil {
		p.session.Log(role.Err, "Data plane %s: %s", p.plane.Name(), err)
		p.retry.Reset(retryPause)
	}
}

func (p *process) reload(cfg *config.Config) {
	tls, err := check.NewTLS(cfg.SSL)
	if err != nil {
		p.session.Log(role.Info, "%s - keeping what was there", err)
	} else {
		p.tls = tls
	}
	check.Stop(plain(p.list)...)
	p.more(cap(p.events) + 1)
	p.notify.Reload(&cfg.Global)
	p.tell.global = &cfg.Global
	old := p.list
	p.cfg = cfg
	p.setTimeouts()
	list := p.make(cfg)
	carry(list, old)
	p.use(list)
	p.startSNMP()
	p.state.Reload(cfg, p.standing, time.Now())
	p.dirty = true
	p.apply()
	if p.state.Draining() {
		p.drain.Reset(p.swift)
	}
	p.follow()
	p.activate(true)
	p.startSync()
}

// setTimeouts does what lvs_timeouts says.
func (p *process) setTimeouts() {
	t := p.cfg.Global.Timeouts
	if p.plane == nil || t == p.timeouts {
		return
	}
	p.timeouts = t
	plane, ok := p.plane.(lvs.Timed)
	if !ok {
		p.session.Log(role.Info, "Data plane %s has no lvs_timeouts", p.plane.Name())
		return
	}
	if err := plane.SetTimeouts(lvs.Timeouts{TCP: t[0], TCPFin: t[1], UDP: t[2]}); err != nil {
		p.session.Log(role.Info, "Failed to set %s timeouts: %s", p.plane.Name(), err)
	}
}

// flush deletes also the services that others have made, where there may be any.
func (p *process) flush() {
	plane, ok := p.plane.(lvs.Flushing)
	if !ok {
		return
	}
	if err := plane.Flush(); err != nil {
		p.session.Log(role.Err, "Data plane %s: %s", p.plane.Name(), err)
	}
}

// drained lets go of removed servers whose connections have ended.
func (p *process) drained() {
	counts := map[lvs.Key]map[lvs.Dest]uint64{}
	if p.plane != nil {
		if all, err := p.plane.Counters(); err == nil {
			for _, s := range all {
				by := map[lvs.Dest]uint64{}
				for _, d := range s.Dests {
					by[lvs.Dest{Addr: d.Addr}] = d.Active
				}
				counts[s.Key] = by
			}
		}
	}
	active := func(k lvs.Key, d lvs.Dest) uint64 { return counts[k][lvs.Dest{Addr: d.Addr}] }
	if p.state.Drain(time.Now(), active) {
		p.dirty = true
	}
	if p.state.Draining() {
		p.drain.Reset(p.swift)
	}
}

func (p *process) stop() {
	check.Stop(plain(p.list)...)
	p.files.Close()
	p.local.close()
	p.state.Stop()
	p.setSync(false, false)
	if p.plane != nil {
		if p.cfg.Global.FlushOnStop == "all" && !p.session.Options.KeepIPVS {
			p.flush()
		}
		if err := p.plane.Close(p.session.Options.KeepIPVS); err != nil {
			p.session.Log(role.Info, "Data plane %s: %s", p.plane.Name(), err)
		}
	}
	p.snmpd.Close(lastTraps)
	p.notify.Close()
}
