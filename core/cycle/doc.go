// Package cycle is one generation of the running configuration: everything that
// a reload replaces as a whole (nginx's ngx_cycle_t), and the way from text to
// there and back.
//
//	Build     text -> settings -> checks -> folders, logs, shared memory, sockets
//	Commit    the generation is the one that serves; what only the old one used ends
//	Rollback  undo, in reverse order, on any fault; the old generation serves on
//
// What outlives a reload is claimed from the old generation: shared memory by name,
// kind and size, sockets by address. Logs are opened anew, as nginx does, so that
// a reload makes files that were moved away come back.
//
// The master builds from the disk. Its workers are started anew, not forked: they
// build from the snapshot of the same bytes, and what the master has opened is
// handed to them (Given) instead of being opened. What a fork would have copied
// besides, such as what code of the user's own has read as root, Replay makes
// again before a worker drops its privileges. The package knows no protocol: those
// are Parts.
//
// Called by core/process, which owns the current Cycle. Engines reach it through
// Builder while directives are read, and through Worker while they serve.
package cycle
