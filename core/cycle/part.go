package cycle

import (
	"reflect"

	"moongate/core/config"
)

// Part is a protocol engine, or another large piece, that lives in every
// generation. Parts are made once and know the rows of their directives; what
// they read into is new for each generation. Every func may be nil.
//
// The life of a generation, in a master: directives set -> Build -> (logs, shared
// memory and sockets are opened) -> Prepare -> Commit -> Retire. In a worker: the
// same up to Commit, then Replay -> (it becomes the user it shall be) -> Start ->
// Quit or not -> Stop. A process that does all itself: Commit -> Start.
type Part struct {
	Name string
	Rows []config.Row

	// Build runs when the text has been read: check, and ask for sockets, logs
	// and shared memory. It also runs for -s, so it does nothing lasting.
	Build func(b *Builder) error
	// Prepare runs when all that was asked for is open, and may still refuse.
	Prepare func(b *Builder) error
	// Commit runs when nothing can fail any more.
	Commit func(c *Cycle)
	// Rollback undoes Build and Prepare of a generation that failed.
	Rollback func(b *Builder)
	// Replay does once more, in a worker, what Prepare has left in the memory of
	// the master alone: nginx's workers have it from the fork. The process still
	// is what the master is: its user, folder and limits. Neither a process
	// beside the workers nor one that does all itself is asked.
	Replay func(c *Cycle) error
	// Retire lets go of a generation that no longer serves in this process.
	Retire func(c *Cycle)

	// Start begins serving in a process: accept connections, start timers. An
	// error means that no process of this generation can serve.
	Start func(w *Worker) error
	// Quit stops accepting and lets idle connections go; what is busy goes on
	// and is counted by Worker.Hold.
	Quit func(w *Worker)
	// Cut closes what is still busy: worker_shutdown_timeout is over.
	Cut func(w *Worker)
	// Stop is the last call before the process ends.
	Stop func(w *Worker)
}

// Table is the vocabulary of a program: the directives of the core and of all
// its parts.
func (p *Program) Table() (*config.Table, error) { return tableOf(p.Parts) }

func tableOf(parts []Part) (*config.Table, error) {
	rows := rowsOf("ngx_core_module", owner{}, coreDirectives)
	rows = append(rows, rowsOf("ngx_event_core_module", owner{}, eventsDirectives)...)
	for _, p := range parts {
		rows = append(rows, p.Rows...)
	}
	return config.NewTable(rows...)
}

// Process is a process beside the workers that a generation wants, like the
// cache manager: a Part asks for it with Builder.AddProcess.
type Process struct {
	Title   string // "cache manager process"
	Once    bool   // not started again when it ends
	AsRoot  bool   // keeps the master's user
	Listens bool   // gets the listening sockets too
	// Stays says that the process goes on through reloads while the next generation
	// wants it with the same Key. It hears of them by Worker.Reload. With another Key it
	// is told to end, and started anew when it has.
	Stays bool
	Key   string
	// EndsFirst says that a graceful end begins with this process: the others are told
	// when it is gone.
	EndsFirst bool
	// Run does the work until w.Done is closed or the work is done.
	Run func(w *Worker) error
}

// mainScope holds the settings of the main context, and of events, which stands
// there once.
type mainScope map[mainKey]any

type mainKey struct {
	owner any
	conf  reflect.Type
}

// Conf implements directive.Scope.
func (s mainScope) Conf(owner any, t reflect.Type) any {
	k := mainKey{owner, t}
	c, ok := s[k]
	if !ok {
		c = reflect.New(t).Interface()
		s[k] = c
	}
	return c
}

// Main is the object of type T that owner's rows in the main context set.
func Main[T any](c *Cycle, owner any) *T {
	return c.main.Conf(owner, reflect.TypeFor[T]()).(*T)
}
