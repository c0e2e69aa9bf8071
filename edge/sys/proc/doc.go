// Package proc is what Linux lets a process say about itself and its children:
// its title in ps, its priority, processors, limits and user, the signals it
// gets, and the children it starts and waits for.
//
// Called by core/process and cmd. It owns the memory of the process's arguments
// once Args was called, since that is where the title lives.
//
// A Go program has several threads from its start. What Linux keeps per thread
// (priority, processors) is therefore set for each of them; the user is changed
// through package syscall, which does so for all threads at once.
package proc
