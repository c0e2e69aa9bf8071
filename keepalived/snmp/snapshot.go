package snmp

import (
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// Snapshot is how things stand with a process. What it points to is not written while
// an Link has it.
type Snapshot struct {
	Config *config.Config
	Status *status.Status
	// The ways back, for what may be written. They don't wait.
	SetPriority func(instance string, priority uint8)
	SetPreempt  func(instance string, preempt bool)
	SetWeight   func(v *config.Server, r *config.RealServer, weight int)

	at     time.Time
	booted time.Time // when sysUpTime was 0
	rates  *rates
}

// Ask has a process call answer once, with how things stand. It may do so later, from
// any goroutine, or not at all when it is about to end.
type Ask func(answer func(*Snapshot))

// Start begins to serve what the configuration wants of a process. Without any it is
// nil, which does nothing and costs nothing. old is what served until now, or nil; it
// goes on when nothing has changed for it, and is ended otherwise.
func Start(old *Link, of role.Name, g *config.Global, ask Ask, log role.Logf) *Link {
	trees, key := treesOf(of, &g.SNMP), g.SNMP
	key.Traps = false
	if old != nil && old.key == key {
		return old
	}
	old.Close(0)
	if len(trees) == 0 {
		return nil
	}
	if key.Socket == "" {
		key.Socket = defaultSocket
	}
	known := &rates{}
	l := &Link{socket: key.Socket, trees: trees, key: g.SNMP, log: log, build: func(l *Link) *view {
		s := wait(ask, l.stop)
		if s == nil {
			return nil
		}
		s.at, s.booted, s.rates = time.Now(), l.booted, known
		return viewOf(of, s)
	}}
	l.key.Traps = false
	l.begin(old)
	return l
}

// treesOf are what a process serves. Both processes can tell of global_defs; while the
// VRRP process is there, it does.
func treesOf(of role.Name, c *config.SNMP) []Tree {
	var list []Tree
	add := func(is bool, trees ...Tree) {
		if is {
			list = append(list, trees...)
		}
	}
	const usual = 127 // RFC 2741 section 6.2.3
	switch of {
	case role.VRRP:
		add(c.VRRP, Tree{global, usual}, Tree{vrrp, usual})
		add(c.RFC2, Tree{rfc2, usual})
		add(c.RFC3, Tree{rfc3, usual})
	case role.Checker:
		add(c.Checker, Tree{global, usual + 1}, Tree{check, usual})
	}
	return list
}

// viewOf makes the view of what a process serves.
func viewOf(of role.Name, s *Snapshot) *view {
	v, c := &view{}, &s.Config.Global.SNMP
	globalGroup(v, s)
	switch of {
	case role.VRRP:
		if c.VRRP {
			vrrpGroup(v, s)
		}
		if c.RFC2 {
			rfc2Group(v, s)
		}
		if c.RFC3 {
			rfc3Group(v, s)
		}
	case role.Checker:
		checkGroup(v, s)
	}
	v.sort()
	return v
}

// wait asks a process, and gives up after a while, or when it is to stop.
func wait(ask Ask, stop <-chan struct{}) *Snapshot {
	answer := make(chan *Snapshot, 1)
	ask(func(s *Snapshot) {
		select {
		case answer <- s:
		default:
		}
	})
	t := time.NewTimer(askTime)
	defer t.Stop()
	select {
	case s := <-answer:
		return s
	case <-t.C:
	case <-stop:
	}
	return nil
}
