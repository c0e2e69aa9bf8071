package daemon

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"moongate/keepalived/metrics"
	"moongate/keepalived/notify"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// outside is what the parent has for those who look in from outside: the FIFO that
// more than one process writes to, and metrics.
type outside struct {
	notify *notify.Notifier
	server *metrics.Server
	listen string          // where server listens
	own    *metrics.Server // on a socket beside the pid file, for "keepalived explain"
	asks   chan *question
	open   map[string]*question
	last   int
}

// question is somebody who wants to know how things stand.
type question struct {
	at      time.Time
	mu      sync.Mutex
	parts   []metrics.Part
	running []role.Name
	waiting int
	done    chan struct{} // closed when all have answered
}

// stale is when a question that not all have answered is forgotten.
const stale = 10 * time.Second

// openOutside opens what the configuration says, at the start and after a reload.
func (p *parent) openOutside() {
	o := &p.outside
	if o.notify == nil {
		o.asks, o.open = make(chan *question), map[string]*question{}
		o.notify = notify.New("", &p.config.Global, p.log)
		p.openOwn()
	} else {
		o.notify.Reload(&p.config.Global)
	}
	listen := p.config.Global.Metrics
	if listen == o.listen {
		return
	}
	if o.server != nil {
		o.server.Close()
		o.server = nil
	}
	o.listen = listen
	if listen == "" {
		return
	}
	err := p.inside(func() (err error) {
		o.server, err = metrics.Serve(listen, p.collect)
		return err
	})
	if err != nil {
		p.log(role.Err, "metrics can't be served at %s: %s", listen, err)
	}
}

// openOwn opens the socket that only root, or whose we are, can ask at.
func (p *parent) openOwn() {
	path := ownSocket(p.files[""])
	s, err := metrics.Serve("unix:"+path, p.collect)
	if err == nil {
		if err = os.Chmod(path, 0o600); err != nil {
			s.Close()
		}
	}
	if err != nil {
		p.log(role.Warning, "\"explain\" has no socket to ask at: %s", err)
		return
	}
	p.outside.own = s
}

// ownSocket is where it is, by the name of the pid file.
func ownSocket(pidFile string) string { return strings.TrimSuffix(pidFile, ".pid") + ".sock" }

func (p *parent) closeOutside() {
	if p.outside.own != nil {
		p.outside.own.Close()
	}
	if p.outside.server != nil {
		p.outside.server.Close()
	}
	p.outside.notify.Close()
}

// collect is a metrics.Collect. It runs on the goroutine of a request.
func (p *parent) collect(ctx context.Context) ([]metrics.Part, []role.Name) {
	q := &question{at: time.Now(), done: make(chan struct{})}
	select {
	case p.outside.asks <- q:
	case <-ctx.Done():
		return nil, nil
	}
	select {
	case <-q.done:
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]metrics.Part(nil), q.parts...), q.running
}

// ask passes a question on to the children.
func (p *parent) ask(q *question) {
	o := &p.outside
	for key, old := range o.open {
		if time.Since(old.at) > stale {
			delete(o.open, key)
		}
	}
	o.last++
	key := strconv.Itoa(o.last)
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range p.children {
		if c.pid != 0 {
			q.running = append(q.running, c.name)
			c.send(&frame{Kind: isAsk, Key: key})
		}
	}
	if q.waiting = len(q.running); q.waiting == 0 {
		close(q.done)
		return
	}
	o.open[key] = q
}

// answer is a child's to a question.
func (p *parent) answer(f *frame) {
	q := p.outside.open[f.Key]
	var part metrics.Part
	if q == nil || json.Unmarshal(f.Data, &part) != nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.parts = append(q.parts, part)
	if q.waiting--; q.waiting == 0 {
		delete(p.outside.open, f.Key)
		close(q.done)
	}
}

// answer gives the parent this process's part.
func (s *session) answer(key string) {
	s.events <- role.Event{Kind: role.Ask, Answer: func(st *status.Status) {
		go func() { // the role has better things to do than to write text
			if data, err := json.Marshal(metrics.Of(s.Role, st)); err == nil {
				s.parent.send(&frame{Kind: isPart, Key: key, Data: data})
			}
		}()
	}}
}
