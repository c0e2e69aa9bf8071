package process

import (
	"fmt"
	"strings"
	"time"

	"moongate/core/cycle"
	"moongate/edge/sys/file"
	"moongate/edge/sys/proc"
)

// child is a place in the master's table (ngx_process_t).
type child struct {
	slot    int
	pid     int
	title   string
	index   int // of a worker, else -1
	process *cycle.Process

	channel *channel
	started time.Time
	ready   bool
	respawn bool
	newborn bool // started by the reload under way: not meant by its "quit"
	exiting bool
	renew   bool // to be started again when it has ended as it was told
	exited  bool
	alien   bool // a new binary's master: not ours to signal
	status  proc.Status

	failures int // deaths soon after the start, in a row
	pending  *time.Timer
}

// how to start a child.
type spawn struct {
	title   string
	index   int
	process *cycle.Process
	respawn bool
	newborn bool
}

// place finds a free slot.
func (m *Master) place() (int, error) {
	for slot := range cycle.Rows {
		if m.children[slot] == nil {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("no more than %d processes can be spawned", cycle.Rows)
}

// spawn starts a child in a free slot (ngx_spawn_process).
func (m *Master) spawn(s spawn) *child {
	slot, err := m.place()
	if err != nil {
		m.cycle.Log.Message(alert, err.Error())
		return nil
	}
	c := &child{slot: slot, title: s.title, index: s.index, process: s.process, respawn: s.respawn, newborn: s.newborn}
	if !m.start(c) {
		return nil
	}
	m.children[slot] = c
	return c
}

// titleRoom is an argument that longer titles run into: there may be no
// environment behind.
var titleRoom = strings.Repeat(" ", 40)

// start starts the process of c, for the first time or again.
func (m *Master) start(c *child) bool {
	log := &m.cycle.Log
	h := &Hand{Role: roleWorker, Index: c.index, Slot: c.slot, Title: c.title, Word: m.Word, Args: m.Args,
		Options: m.Options, Generation: m.cycle.Generation, Parent: m.pid, Daemonized: m.daemonized}
	if c.process != nil {
		h.Role = roleHelper
	}
	given := m.cycle.Export()
	m.trim(c, given)
	start := &proc.Child{Path: proc.Self, Argv: []string{m.Word + ": " + c.title, titleRoom}, Env: m.cycle.Environment()}
	if u := m.cycle.Core.User.V; m.cycle.Core.Transparent && u.Set && u.UID != 0 && proc.EffectiveUID() == 0 {
		// Capabilities are kept per thread and cannot be changed for all
		// threads later: this child is the user from its first instruction.
		start.User = &proc.Credential{UID: u.UID, GID: u.GID, Groups: u.Groups}
		start.Ambient = []uintptr{proc.CapNetRaw}
	}
	if m.snapshot < 0 {
		fd, err := file.Memory("snapshot", m.cycle.SnapshotBytes())
		if err != nil {
			log.Alert(err, "memfd_create() failed while spawning \"%s\"", c.title)
			return false
		}
		m.snapshot = fd
	}
	parent, err := m.launch(start, h, given, m.snapshot)
	if err != nil {
		log.Alert(err, "fork() failed while spawning \"%s\"", c.title)
		return false
	}
	c.channel, c.pid = parent.channel, parent.pid
	c.started, c.ready, c.exited = time.Now(), false, false
	row := m.cycle.Board.Row(c.slot)
	row.Worker.Store(int32(c.index))
	row.Generation.Store(int32(m.cycle.Generation))
	row.Exiting.Store(0)
	row.Beat.Store(0)
	row.Pid.Store(int32(c.pid))
	ch := c.channel
	go ch.listen(func(msg message) { m.heard <- heard{c, ch, msg} })
	log.Notice(nil, "start %s %d", c.title, c.pid)
	return true
}

// trim leaves out what a child has no use for: the sockets of other workers.
func (m *Master) trim(c *child, g *cycle.Given) {
	keep := g.Sockets[:0]
	for _, s := range g.Sockets {
		if c.process != nil && !c.process.Listens {
			break
		}
		if s.Worker < 0 || s.Worker == c.index || c.process != nil {
			keep = append(keep, s)
		}
	}
	g.Sockets = keep
}

type launched struct {
	pid     int
	channel *channel
}

// launch starts a child with a channel and its hand.
func (m *Runner) launch(start *proc.Child, h *Hand, given *cycle.Given, snapshot int) (launched, error) {
	files := h.pack(given)
	hand, err := h.memory()
	if err != nil {
		return launched{}, err
	}
	defer file.Close(hand)
	ours, theirs, err := proc.Channel()
	if err != nil {
		return launched{}, err
	}
	defer file.Close(theirs)
	start.Files = append([]int{0, 1, 2, theirs, hand, snapshot}, files...)
	pid, err := proc.Start(start)
	if err != nil {
		file.Close(ours)
		return launched{}, err
	}
	return launched{pid, newChannel(ours)}, nil
}
