package notify

import (
	"slices"
	"sync"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// Notifier tells what happens. Its methods may be called from any goroutine.
type Notifier struct {
	role role.Name
	log  role.Logf

	mu     sync.Mutex
	global *config.Global
	pipes  []*pipe
	queues map[string]*queue
	mails  *mailer
	closed bool
}

// New is the notifier of a process: of role.VRRP or role.Checker, or of the parent
// (""), which looks after the FIFO that both write to.
func New(name role.Name, g *config.Global, log role.Logf) *Notifier {
	n := &Notifier{role: name, log: log, global: g, queues: map[string]*queue{}, mails: newMailer(log)}
	n.pipes = n.open(g)
	return n
}

// Reload goes on by another configuration. FIFOs that stay keep what is in them.
func (n *Notifier) Reload(g *config.Global) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.global = g
	old := n.pipes
	n.pipes = nil
	for _, want := range n.wanted(g) {
		var p *pipe
		for i, o := range old {
			if o != nil && o.same(want) {
				p, old[i] = o, nil
			}
		}
		if p == nil {
			p = n.openOne(want)
		}
		if p != nil {
			n.pipes = append(n.pipes, p)
		}
	}
	for _, o := range old {
		if o != nil {
			replaced := slices.ContainsFunc(n.pipes, func(p *pipe) bool { return p.Path == o.Path })
			go o.close(0, replaced)
		}
	}
}

// stopPatience is how long the end of the process waits for what it has told.
const stopPatience = time.Second

// Close waits a second for scripts, mails and readers, and lets go of the FIFOs.
// Nothing is told any more.
func (n *Notifier) Close() {
	n.mu.Lock()
	n.closed = true
	pipes := n.pipes
	n.pipes = nil
	queues := make([]*queue, 0, len(n.queues))
	for _, q := range n.queues {
		queues = append(queues, q)
	}
	n.mu.Unlock()
	deadline := time.Now().Add(stopPatience)
	var all sync.WaitGroup
	for _, q := range queues {
		all.Go(func() { q.finish(deadline) })
	}
	for _, p := range pipes {
		all.Go(func() { p.close(time.Until(deadline), false) })
	}
	all.Go(func() { n.mails.finish(deadline) })
	all.Wait()
}
