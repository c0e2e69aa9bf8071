package checker

import (
	"net/netip"
	"sync"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/netlink"
	"moongate/keepalived/check"
	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/role"
)

// locals knows which addresses this machine has, for ha_suspend. A thread of its
// own hears of them from the kernel.
type locals struct {
	wake chan struct{}
	loop *loop.Loop
	done chan struct{}

	mu   sync.Mutex
	have map[netip.Addr]map[int]bool // by interface
	news []string                    // lines for the log
}

func watchLocals(log role.Logf) (*locals, error) {
	l := &locals{wake: make(chan struct{}, 1), done: make(chan struct{}), have: map[netip.Addr]map[int]bool{}}
	ready := make(chan error)
	go l.run(ready, log)
	if err := <-ready; err != nil {
		return nil, err
	}
	return l, nil
}

func (l *locals) run(ready chan<- error, log role.Logf) {
	defer close(l.done)
	fail := func(err error) bool {
		if err != nil {
			ready <- err
		}
		return err != nil
	}
	conn, err := netlink.Open()
	if fail(err) {
		return
	}
	defer conn.Close()
	monitor, err := netlink.Watch(conn, netlink.Interests{Addresses: true})
	if fail(err) {
		return
	}
	defer monitor.Close()
	monitor.Addresses(func(a *netlink.Address) { l.set(a.Prefix.Addr(), a.Index, true) })
	l.take()
	if l.loop, err = loop.New(); fail(err) {
		return
	}
	defer l.loop.Close()
	read := func() {
		if err := monitor.Read(l.note); err != nil {
			log(role.Err, "News of addresses: %s", err)
			l.loop.Stop()
		}
	}
	if _, err := l.loop.Add(monitor.FD(), read, nil); fail(err) {
		return
	}
	close(ready)
	l.loop.Run()
}

// note takes a change, on the loop's thread.
func (l *locals) note(c *netlink.Change) {
	if c.What != netlink.AddressAdded && c.What != netlink.AddressRemoved {
		return
	}
	l.set(c.Address.Prefix.Addr(), c.Address.Index, c.What == netlink.AddressAdded)
}

func (l *locals) set(a netip.Addr, index int, there bool) {
	l.mu.Lock()
	was := len(l.have[a]) > 0
	if l.have[a] == nil {
		l.have[a] = map[int]bool{}
	}
	if l.have[a][index] = true; !there {
		delete(l.have[a], index)
	}
	if there = len(l.have[a]) > 0; !there {
		delete(l.have, a)
	}
	if was != there {
		word := "removed"
		if there {
			word = "added"
		}
		l.news = append(l.news, "Netlink reflector reports IP "+a.String()+" "+word)
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// changed is ready when there are news; a nil locals has none.
func (l *locals) changed() <-chan struct{} {
	if l == nil {
		return nil
	}
	return l.wake
}

// take returns the news since it was last called.
func (l *locals) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	news := l.news
	l.news = nil
	return news
}

func (l *locals) close() {
	if l != nil && l.loop != nil {
		l.loop.Stop()
		<-l.done
	}
}

// holds tells whether one of the addresses that a virtual server takes is here. One
// without addresses always counts as here.
func (l *locals) holds(v *config.Server) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	any := false
	for _, k := range lvs.Keys(v) {
		if k.FwMark != 0 {
			continue
		}
		any = true
		if len(l.have[k.Addr]) > 0 {
			return true
		}
	}
	return !any
}

// follow begins to hear of addresses, once a virtual server depends on them.
func (p *process) follow() {
	if p.local != nil {
		return
	}
	for _, v := range p.cfg.Servers {
		if v.HASuspend {
			l, err := p.locals(p.session.Log)
			if err != nil {
				p.session.Log(role.Err, "ha_suspend: addresses can't be followed: %s", err)
				return
			}
			p.local = l
			return
		}
	}
}

// activate starts the checks whose virtual server is to be checked now, and stops
// the others. At a start it tells of all.
func (p *process) activate(start bool) {
	if p.local != nil {
		for _, line := range p.local.take() {
			p.session.Log(role.Info, "%s", line)
		}
	}
	var stopping []*check.Check
	for _, w := range p.list {
		want := !w.virtual.HASuspend || p.local == nil || p.local.holds(w.virtual)
		verb := ""
		switch {
		case start && want:
			verb = "Activating"
		case start:
			verb = "Deactivating"
		case want == w.Running():
			continue
		case want:
			verb = "Activating"
		default:
			verb = "Suspending"
		}
		p.session.Log(role.Info, "%s healthchecker for service %s for VS %s", verb, w.Real, w.Service)
		if want {
			w.Start()
		} else {
			stopping = append(stopping, w.Check)
		}
	}
	check.Stop(stopping...)
	if start {
		p.session.Log(role.Info, "Activating BFD healthchecker")
	}
}
