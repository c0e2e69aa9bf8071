package track

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"moongate/edge/sys/loop"
	"moongate/keepalived/config"
)

// pollProcesses is how often /proc is read. The kernel would tell of processes by
// itself (the proc connector), but not in a network namespace other than the first.
const pollProcesses = 200 * time.Millisecond

// Processes follows vrrp_track_processes.
type Processes struct {
	loop  *loop.Loop
	tell  func(c *config.Process, quorum bool)
	timer *loop.Timer
	list  []*config.Process
	state map[string]*processState
	busy  bool
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
	p := &Processes{loop: l, tell: tell, state: map[string]*processState{}}
	p.timer = l.NewTimer(p.poll)
	return p
}

// Follow follows these processes and no others. The first look is at once.
func (p *Processes) Follow(list []*config.Process) {
	p.list = list
	if len(list) == 0 {
		p.timer.Stop()
		return
	}
	for _, c := range list {
		if p.state[c.Name] == nil {
			p.state[c.Name] = &processState{}
		}
	}
	p.take(list, count("/proc", list))
	p.timer.After(pollProcesses)
}

func (p *Processes) poll() {
	p.timer.After(pollProcesses)
	if p.busy {
		return
	}
	p.busy = true
	list := p.list
	go func() {
		counts := count("/proc", list)
		p.loop.Post(func() {
			p.busy = false
			p.take(list, counts)
		})
	}()
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

// Close ends it.
func (p *Processes) Close() { p.timer.Stop() }

// commSize is how much of a program's name the kernel keeps.
const commSize = 15

// count counts the processes that are as each of the list wants them.
func count(root string, list []*config.Process) []int {
	counts := make([]int, len(list))
	dirs, err := os.ReadDir(root)
	if err != nil {
		return counts
	}
	for _, d := range dirs {
		if _, err := strconv.Atoi(d.Name()); err != nil {
			continue
		}
		dir := filepath.Join(root, d.Name())
		comm, err := os.ReadFile(filepath.Join(dir, "comm"))
		if err != nil {
			continue // it has ended meanwhile
		}
		name := string(bytes.TrimSuffix(comm, []byte("\n")))
		var words []string
		for i, c := range list {
			if c.FullCommand || len(c.Params) > 0 || c.ParamMatch != "" {
				if words == nil {
					words = cmdline(dir)
				}
			}
			if fits(c, name, words) {
				counts[i]++
			}
		}
	}
	return counts
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
