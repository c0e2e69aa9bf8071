package track

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"moongate/edge/sys/loop"
	"moongate/keepalived/config"
)

// How often /proc is read: without the kernel's word on processes, and with it, in case
// that something was missed.
const (
	pollProcesses = 200 * time.Millisecond
	pollBesides   = 2 * time.Second
)

// maxEnds bounds how many processes have their end watched.
const maxEnds = 64

// Processes follows vrrp_track_processes. The kernel tells of all that begin and end, but
// only in the first network namespace (see hints); elsewhere /proc is read five times a
// second. The end of a process that was counted is noticed at once in either case.
type Processes struct {
	loop  *loop.Loop
	tell  func(c *config.Process, quorum bool)
	timer *loop.Timer
	list  []*config.Process
	state map[string]*processState
	hints *hints // nil: the kernel tells nothing
	ends  map[int]func()
	busy  bool
	again bool // something has happened while we were counting
}

type processState struct {
	count   int
	quorum  bool
	told    bool
	pending time.Time // from when on another state counts; zero: none waits
}

// NewProcesses makes one that follows nothing. tell is called when a quorum is reached or lost,
// and the first time.
func NewProcesses(l *loop.Loop, tell func(c *config.Process, quorum bool)) *Processes {
	p := &Processes{loop: l, tell: tell, state: map[string]*processState{}, ends: map[int]func(){}}
	p.timer = l.NewTimer(p.poll)
	return p
}

// Follow follows these processes and no others. The first look is at once.
func (p *Processes) Follow(list []*config.Process) {
	p.list = list
	if len(list) == 0 {
		p.Close()
		return
	}
	for _, c := range list {
		if p.state[c.Name] == nil {
			p.state[c.Name] = &processState{}
		}
	}
	if p.hints == nil {
		p.hints = listen(func() { p.loop.Post(p.poll) })
	}
	p.found(list, scan("/proc", list))
}

// poll counts anew.
func (p *Processes) poll() {
	if p.busy {
		p.again = true
		return
	}
	if len(p.list) == 0 {
		return
	}
	p.busy = true
	list := p.list
	go func() {
		what := scan("/proc", list)
		p.loop.Post(func() {
			p.busy = false
			p.found(list, what)
			if p.again {
				p.again = false
				p.poll()
			}
		})
	}()
}

// found takes what there is, and sets the time of the next look.
func (p *Processes) found(list []*config.Process, what census) {
	if len(p.list) == 0 {
		return // closed meanwhile
	}
	p.take(list, what.counts)
	gone := p.watchEnds(what.pids)
	next := pollProcesses
	if p.hints != nil {
		p.hints.know(list, what.pids)
		next = pollBesides
	}
	if gone {
		next = time.Millisecond
	}
	for _, c := range list {
		if s := p.state[c.Name]; !s.pending.IsZero() {
			next = max(min(next, s.pending.Sub(p.loop.Now())), time.Millisecond)
		}
	}
	p.timer.After(next)
}

// watchEnds has the processes that were counted watched, as far as that goes. It tells
// whether one has ended since.
func (p *Processes) watchEnds(pids map[int]bool) (gone bool) {
	for pid, stop := range p.ends {
		if !pids[pid] {
			stop()
			delete(p.ends, pid)
		}
	}
	for pid := range pids {
		if p.ends[pid] != nil || len(p.ends) == maxEnds {
			continue
		}
		stop, err := p.loop.Process(pid, func() {
			delete(p.ends, pid)
			p.poll()
		})
		if err == nil {
			p.ends[pid] = stop
		}
		gone = gone || errors.Is(err, os.ErrProcessDone)
	}
	return gone
}

// take compares what was counted with what is wanted.
func (p *Processes) take(list []*config.Process, counts []int) {
	now := p.loop.Now()
	for i, c := range list {
		s := p.state[c.Name]
		s.count = counts[i]
		good := s.count >= max(c.Quorum, 1) && (c.QuorumMax == 0 || s.count <= c.QuorumMax)
		if s.told && good == s.quorum {
			s.pending = time.Time{}
			continue
		}
		delay := c.TerminateDelay
		if good {
			delay = c.ForkDelay
		}
		if s.told && delay > 0 {
			if s.pending.IsZero() {
				s.pending = now.Add(delay)
			}
			if now.Before(s.pending) {
				continue
			}
		}
		s.pending, s.quorum, s.told = time.Time{}, good, true
		p.tell(c, good)
	}
}

// Count is how many processes there are, and whether that is enough.
func (p *Processes) Count(name string) (n int, quorum bool) {
	if s := p.state[name]; s != nil {
		return s.count, s.quorum
	}
	return 0, false
}

// Close ends it, until Follow is called again.
func (p *Processes) Close() {
	p.list = nil
	p.timer.Stop()
	for pid, stop := range p.ends {
		stop()
		delete(p.ends, pid)
	}
	if p.hints != nil {
		p.hints.close()
		p.hints = nil
	}
}

// commSize is how much of a program's name the kernel keeps.
const commSize = 15

// census is what processes there are.
type census struct {
	counts []int        // for each of a list
	pids   map[int]bool // of those that were counted
}

// scan counts the processes that are as each of the list wants them.
func scan(root string, list []*config.Process) census {
	c := census{make([]int, len(list)), map[int]bool{}}
	dirs, err := os.ReadDir(root)
	if err != nil {
		return c
	}
	for _, d := range dirs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		look(root, pid, list, func(i int) {
			c.counts[i]++
			c.pids[pid] = true
		})
	}
	return c
}

// look calls f with each of the list that a process fits.
func look(root string, pid int, list []*config.Process, f func(i int)) {
	dir := filepath.Join(root, strconv.Itoa(pid))
	comm, err := os.ReadFile(filepath.Join(dir, "comm"))
	if err != nil {
		return // it has ended meanwhile
	}
	name := string(bytes.TrimSuffix(comm, []byte("\n")))
	var words []string
	for i, c := range list {
		if words == nil && (c.FullCommand || len(c.Params) > 0 || c.ParamMatch != "") {
			words = cmdline(dir)
		}
		if fits(c, name, words) {
			f(i)
		}
	}
}

func cmdline(dir string) []string {
	b, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
	return strings.Split(strings.TrimSuffix(string(b), "\x00"), "\x00")
}

// fits compares a process with what is wanted. Without full_command the name is that which the
// kernel has; a path is compared by its last part then.
func fits(c *config.Process, comm string, words []string) bool {
	if c.FullCommand {
		if len(words) == 0 || words[0] != c.Path {
			return false
		}
	} else if want := filepath.Base(c.Path); comm != want[:min(len(want), commSize)] {
		return false
	}
	if len(c.Params) == 0 && c.ParamMatch == "" {
		return true
	}
	if len(words) == 0 {
		return false
	}
	args := words[1:]
	switch c.ParamMatch {
	case "initial":
		return len(args) >= len(c.Params) && slices.Equal(args[:len(c.Params)], c.Params)
	case "partial":
		return prefixes(args, c.Params)
	}
	return slices.Equal(args, c.Params)
}

// prefixes is like initial, but of the last word only the beginning counts.
func prefixes(args, want []string) bool {
	n := len(want)
	if n == 0 {
		return true
	}
	return len(args) >= n && slices.Equal(args[:n-1], want[:n-1]) && strings.HasPrefix(args[n-1], want[n-1])
}
