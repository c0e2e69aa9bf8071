// Package process runs a program's processes: the master that never serves, its
// workers and helpers, or one process that does all; signals, reload, binary
// upgrade and the end of each.
//
//	launcher --starts--> master --starts--> worker, worker, cache manager...
//	(daemon on)            |  ^                |
//	                       |  +-- ready -------+   channel: a pair of sockets
//	                       +----- quit, terminate, reopen --> for each child
//
// Go cannot fork, so every child is the same program started anew
// (/proc/self/exe). What a forked child would have is handed over: descriptors of
// logs, sockets and shared memory, and two memory files, one with a Hand (what the
// descriptors are, the options), one with the snapshot of the configuration. The
// child builds the same generation from the same bytes.
//
// Called by cmd with the parts that assembly lists. It owns the current
// cycle.Cycle and the children.
//
// Where it differs from nginx: the pid file is written when the workers are
// ready, not before they are started; the old workers are told to quit when the new
// ones say that they are ready, not after 100 ms; a worker that dies again and
// again is started again with growing pauses; a worker whose master has died
// shuts down gracefully; the sender of a signal is not logged, as Go does not tell it.
package process
