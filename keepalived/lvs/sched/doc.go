// Package sched is the schedulers of IPVS as pure code: which real server takes
// a new connection. What the kernel's modules choose for the same list, weights
// and counts of connections is chosen here, tie for tie; their names are those of
// lb_algo. The proxy asks it for each connection, the eBPF plane has it make its
// tables, and its tests say what the programs in the kernel must do.
//
// A list is in the kernel's order: a server that is added goes to its head, so
// that the list of three real_server blocks begins with the last (Order keeps
// that). The callers hold the lock; nothing here has one, or a clock.
package sched
