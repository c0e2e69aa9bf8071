package notify

import (
	"strings"
	"sync"
	"time"

	"moongate/edge/sys/caps"
	"moongate/edge/sys/errno"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/script"
)

// patience is how long the next script of an object waits for the one before.
const patience = 10 * time.Second

// maxWaiting is how many scripts of one object wait.
const maxWaiting = 64

// queue is the scripts of one object, in the order of what has happened.
type queue struct {
	log  role.Logf
	wait time.Duration

	mu      sync.Mutex
	waiting []call
	busy    bool          // a goroutine works through it
	hurry   chan struct{} // closed: nothing waits for what runs
	idle    chan struct{} // closed when busy ends
	running *script.Run
}

// call is a script with the arguments that are put behind its own.
type call struct {
	command *config.Command
	more    []string
}

func newQueue(log role.Logf) *queue {
	return &queue{log: log, wait: patience, hurry: make(chan struct{})}
}

// run has a script run when those before it have.
func (n *Notifier) run(key string, c *config.Command, more ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return
	}
	q := n.queues[key]
	if q == nil {
		q = newQueue(n.log)
		n.queues[key] = q
	}
	q.add(call{c, more})
}

func (q *queue) add(c call) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == maxWaiting {
		q.log(role.Warning, "Notify script %s is left out, %d others wait", q.waiting[0], maxWaiting)
		q.waiting = q.waiting[1:]
	}
	q.waiting = append(q.waiting, c)
	if !q.busy {
		q.busy = true
		q.idle = make(chan struct{})
		go q.work()
	}
}

func (q *queue) work() {
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.busy = false
			close(q.idle)
			q.mu.Unlock()
			return
		}
		c := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		r := q.start(c)
		if r == nil {
			continue
		}
		select {
		case <-r.Done():
		case <-q.hurry:
		case <-time.After(q.wait):
			q.log(role.Info, "Notify script %s still runs, the next one does not wait for it", c)
		}
	}
}

func (q *queue) start(c call) *script.Run {
	r, err := script.Start(c.command, c.more...)
	if err != nil {
		q.log(role.Info, "Error exec-ing command '%s', error %d: %s%s", c.command.Args[0], int(errno.Number(err)), errno.Text(errno.Number(err)), caps.Note(err))
		return nil
	}
	q.mu.Lock()
	q.running = r
	q.mu.Unlock()
	return r
}

// finish waits until all scripts have ended. Those that have not been started by
// the deadline are started then all the same.
func (q *queue) finish(deadline time.Time) {
	q.mu.Lock()
	busy, idle := q.busy, q.idle
	q.mu.Unlock()
	if !busy {
		return
	}
	select {
	case <-idle:
		return
	case <-time.After(time.Until(deadline)):
	}
	close(q.hurry)
	<-idle
}

func (c call) String() string {
	return "'" + strings.Join(append(append([]string(nil), c.command.Args...), c.more...), "' '") + "'"
}
