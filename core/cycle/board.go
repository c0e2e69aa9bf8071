package cycle

import (
	"sync/atomic"
	"unsafe"

	"moongate/edge/sys/file"
)

// Board is memory that all processes of a program share through all
// generations: the number of the next connection, and who is there.
//
//	0    number of connections so far
//	8    whether the address that clients come to is about to leave this machine
//	64   rows: pid | role and index | generation | state | signs of life
//	64K  virtual routers (virtual.go)
//
// A row belongs to one process at a time; the master gives them out.
type Board struct {
	fd  int
	mem []byte
}

// Row is a process's place on the board.
type Row struct {
	Pid        atomic.Int32
	Worker     atomic.Int32 // index of the worker, -1 for other processes
	Generation atomic.Int32
	Exiting    atomic.Int32
	// Of workers, where Cycle.Beats is set: when the event loop last went round
	// (proc.Monotonic, in nanoseconds; 0: it does not serve yet), and how many peers
	// its upstreams have, and can use.
	Beat          atomic.Int64
	Peers, Usable atomic.Int32
}

const (
	boardSize = 1 << 18
	rowsAt    = 64
	// Rows is how many processes a program can have (NGX_MAX_PROCESSES).
	Rows = 1024
)

// NewBoard makes one that nobody shares yet.
func NewBoard() (*Board, error) {
	fd, mem, err := file.Shared("board", boardSize)
	if err != nil {
		return nil, err
	}
	return &Board{fd, mem}, nil
}

// OpenBoard maps the board of a program that this process belongs to in some way of
// its own; fd is what Descriptor was there.
func OpenBoard(fd int) (*Board, error) { return mapBoard(fd) }

// Descriptor is what another process maps the board by.
func (b *Board) Descriptor() int { return b.fd }

func mapBoard(fd int) (*Board, error) {
	mem, err := file.MapShared(fd, boardSize)
	if err != nil {
		return nil, err
	}
	return &Board{fd, mem}, nil
}

// NextConnection is the number of a new connection, unique in the program
// (ngx_connection_counter).
func (b *Board) NextConnection() uint64 {
	return (*atomic.Uint64)(unsafe.Pointer(&b.mem[0])).Add(1)
}

// Leaving tells whether an address that clients come to is about to move to
// another machine: they are asked to come with a new connection.
func (b *Board) Leaving() bool { return b.leaving().Load() != 0 }

// SetLeaving says so, or takes it back.
func (b *Board) SetLeaving(on bool) {
	n := uint32(0)
	if on {
		n = 1
	}
	b.leaving().Store(n)
}

func (b *Board) leaving() *atomic.Uint32 { return (*atomic.Uint32)(unsafe.Pointer(&b.mem[8])) }

// Row is a place, 0 to Rows-1.
func (b *Board) Row(i int) *Row {
	return (*Row)(unsafe.Pointer(&b.mem[rowsAt+i*int(unsafe.Sizeof(Row{}))]))
}

// Workers gives the pids of the workers of a generation by their index.
func (b *Board) Workers(generation int) map[int]int {
	pids := map[int]int{}
	for i := range Rows {
		r := b.Row(i)
		if pid := r.Pid.Load(); pid != 0 && r.Worker.Load() >= 0 && int(r.Generation.Load()) == generation {
			pids[int(r.Worker.Load())] = int(pid)
		}
	}
	return pids
}

func (b *Builder) openBoard() (err error) {
	switch {
	case b.Old != nil:
		b.Board = b.Old.Board
	case b.Child():
		b.Board, err = mapBoard(b.given.Board)
	default:
		if b.Board, err = NewBoard(); err == nil {
			b.onUndo(func() { file.Close(b.Board.fd) })
		}
	}
	if err != nil {
		b.Log.Emerg(err, "shared memory of the program failed")
		return ErrRefused
	}
	return nil
}
