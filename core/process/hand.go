package process

import (
	"encoding/json"
	"errors"
	"os"
	"strings"

	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/edge/sys/file"
)

// Hand is what a process is handed by the one that starts it. Descriptors are
// numbered as the child sees them:
//
//	0 1 2    standard input, output, error
//	3        channel to the parent
//	4        memory file: this
//	5        memory file: the snapshot of the configuration
//	6 ...    logs, sockets, shared memory
type Hand struct {
	Role       role
	Index      int    // of a worker
	Slot       int    // place in the master's table and on the board
	Title      string // of a helper: which of the generation's processes it is
	Word       string // what titles begin with
	Args       []string
	Options    cycle.Options
	Generation int
	Parent     int
	Daemonized bool

	Logs    map[string]int
	Sockets []cycle.GivenSocket
	Zones   []cycle.Handle
	Board   int
}

type role string

const (
	roleMaster role = "master"
	roleWorker role = "worker"
	roleHelper role = "helper"
)

const (
	channelFD  = 3
	handFD     = 4
	snapshotFD = 5
	firstFD    = 6

	handMagic = "moongate hand 1\n"
)

// pack numbers the descriptors of g for the child and gives the list of them as
// they are numbered here.
func (h *Hand) pack(g *cycle.Given) []int {
	var files []int
	next := func(fd int) int {
		files = append(files, fd)
		return firstFD + len(files) - 1
	}
	if g == nil {
		return nil
	}
	h.Logs = make(map[string]int, len(g.Logs))
	for name, fd := range g.Logs {
		h.Logs[name] = next(fd)
	}
	for _, s := range g.Sockets {
		s.FD = next(s.FD)
		h.Sockets = append(h.Sockets, s)
	}
	for _, z := range g.Zones {
		z.FD = next(z.FD)
		h.Zones = append(h.Zones, z)
	}
	h.Board = next(g.Board)
	return files
}

// memory puts the hand into a memory file.
func (h *Hand) memory() (int, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return -1, err
	}
	return file.Memory("hand", append([]byte(handMagic), text...))
}

// given is what the child builds from.
func (h *Hand) given(snapshot *syntax.Snapshot) *cycle.Given {
	return &cycle.Given{Snapshot: snapshot, Logs: h.Logs, Sockets: h.Sockets, Zones: h.Zones, Board: h.Board,
		Child: h.Role != roleMaster}
}

var errHand = errors.New("started as a child without what a child is handed")

// Handed tells whether this process was started by a parent of the same program,
// and what it was handed. The title that the parent chose as argv[0] says so.
func Handed(argv0 string) (*Hand, error) {
	_, rest, ok := strings.Cut(argv0, ": ")
	if !ok || !strings.Contains(rest, "process") || !file.Valid(handFD) {
		return nil, nil
	}
	text, err := file.ReadMemory(handFD)
	if err != nil || !strings.HasPrefix(string(text), handMagic) {
		return nil, nil // somebody's odd name for an ordinary start
	}
	h := new(Hand)
	if json.Unmarshal(text[len(handMagic):], h) != nil {
		return nil, errHand
	}
	file.Close(handFD)
	for fd := channelFD; fd < firstFD+len(h.Logs)+len(h.Sockets)+len(h.Zones)+1; fd++ {
		if fd != handFD && file.Valid(fd) {
			file.CloseOnExec(fd, true)
		}
	}
	return h, nil
}

// readSnapshot takes the configuration from its memory file.
func readSnapshot() (*syntax.Snapshot, error) {
	f := os.NewFile(snapshotFD, "snapshot")
	defer f.Close()
	data, err := file.ReadMemory(snapshotFD)
	if err != nil {
		return nil, err
	}
	return syntax.ReadSnapshot(strings.NewReader(string(data)))
}
