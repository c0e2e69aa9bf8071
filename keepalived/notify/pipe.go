package notify

import (
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"moongate/edge/sys/caps"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/script"
)

// want is a FIFO that a process writes to, or looks after.
type want struct {
	config.Pipe
	word   string // in the log: "", "vrrp ", "lvs "
	writes bool
	owns   bool // starts its reader and removes it at the end
}

// wanted are the FIFOs of this process.
func (n *Notifier) wanted(g *config.Global) []want {
	var list []want
	add := func(p config.Pipe, word string, writes, owns bool) {
		if p.Path != "" {
			list = append(list, want{p, word, writes, owns})
		}
	}
	add(g.FIFO, "", n.role != "", n.role == "")
	switch n.role {
	case role.VRRP:
		add(g.VRRPFIFO, "vrrp ", true, true)
	case role.Checker:
		add(g.LVSFIFO, "lvs ", true, true)
	}
	return list
}

func (n *Notifier) open(g *config.Global) []*pipe {
	var list []*pipe
	for _, w := range n.wanted(g) {
		if p := n.openOne(w); p != nil {
			list = append(list, p)
		}
	}
	return list
}

// pipe is an open FIFO.
type pipe struct {
	want
	log role.Logf

	mu     sync.Mutex
	fifo   *file.FIFO
	lost   int
	reader *script.Run
	ended  bool
}

func (n *Notifier) openOne(w want) *pipe {
	switch err := file.MakeFIFO(w.Path, int(w.UID), int(w.GID)); {
	case err == nil:
	case errors.Is(err, errno.EPERM):
		n.log(role.Info, "Failed to set uid:gid for fifo %s%s", w.Path, caps.Note(err))
		if !errors.Is(err, file.ErrOurs) {
			return nil
		}
	default:
		n.log(role.Info, "Unable to create %snotify fifo %s", w.word, w.Path)
		return nil
	}
	f, err := file.OpenFIFO(w.Path)
	if err != nil {
		n.log(role.Info, "Unable to open %snotify fifo %s - errno %d", w.word, w.Path, int(errno.Number(err)))
		return nil
	}
	p := &pipe{want: w, log: n.log, fifo: f}
	if w.owns && w.Reader.Set() {
		p.startReader()
	}
	return p
}

// restartPause is the least time between two starts of a reader.
const restartPause = time.Second

// startReader starts the program that reads the FIFO, with its path as the last
// argument, and again when it has ended.
func (p *pipe) startReader() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	r, err := script.Start(&p.Reader, p.Path)
	if err != nil {
		p.log(role.Info, "Error exec-ing command '%s', error %d: %s%s", p.Reader.Args[0], int(errno.Number(err)), errno.Text(errno.Number(err)), caps.Note(err))
		return
	}
	p.reader = r
	go func() {
		<-r.Done()
		p.mu.Lock()
		ended := p.ended
		p.mu.Unlock()
		if !ended {
			p.log(role.Info, "%snotify fifo script terminated", p.word)
			time.AfterFunc(restartPause, p.startReader)
		}
	}()
}

// write writes a line to all FIFOs.
func (n *Notifier) write(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.pipes {
		if p.writes {
			p.write(line)
		}
	}
}

// write loses the line when the FIFO is full: nobody waits for a reader.
func (p *pipe) write(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.fifo.Write([]byte(line)); err != nil {
		if p.lost++; p.lost == 1 {
			p.log(role.Warning, "%snotify fifo %s is full, lines are lost", p.word, p.Path)
		}
		return
	}
	if p.lost > 0 {
		p.log(role.Warning, "%snotify fifo %s has room again, %d lines are lost", p.word, p.Path, p.lost)
		p.lost = 0
	}
}

// same tells whether the FIFO can go on as another configuration wants it.
func (p *pipe) same(w want) bool {
	a, b := p.Reader, w.Reader
	return p.Path == w.Path && p.UID == w.UID && p.GID == w.GID && p.writes == w.writes && p.owns == w.owns &&
		slices.Equal(a.Args, b.Args) && a.UID == b.UID && a.GID == b.GID && a.Groups == b.Groups
}

// close gives the reader some time to read what is there, lets it see the end, and
// removes the FIFO, unless another one has taken its place.
func (p *pipe) close(within time.Duration, replaced bool) {
	p.mu.Lock()
	p.ended = true
	reader := p.reader
	p.mu.Unlock()
	deadline := time.Now().Add(within)
	if reader != nil {
		p.drain(deadline, reader.Done())
	}
	p.mu.Lock()
	p.fifo.Close()
	p.mu.Unlock()
	if reader != nil {
		reader.End(time.Until(deadline), 100*time.Millisecond)
	}
	if p.owns && !replaced {
		os.Remove(p.Path)
	}
}

// drain waits until all is read. Nothing tells when that is, so it looks.
func (p *pipe) drain(deadline time.Time, gone <-chan struct{}) {
	for p.fifo.Unread() > 0 && time.Now().Before(deadline) {
		select {
		case <-gone:
			return
		case <-time.After(2 * time.Millisecond):
		}
	}
}
