// Package realtime gives the calling thread precedence over the rest of the
// machine, and keeps the process in memory, so that a heartbeat is sent on time
// while others use up the processors and the disk.
//
// Called by keepalived's processes on the thread of their loop. What is set for the
// whole process at once (nice value, processors) is package proc's.
//
// A Go program's other threads stay as they are: its collector gives way to the
// loop's thread, not the other way round.
package realtime
