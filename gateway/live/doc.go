// Package live counts what goes on this second, for the dashboard.
//
// A worker counts in memory of its own that the gateway process reads once a second, and
// takes the difference:
//
//	worker   Row    all requests: statuses, bytes, who caused errors, how long they took
//	         Cells  the same in short for one route, variant of a release, or target
//
// Rows are counted always: it is five additions to memory that no other process writes.
// Cells are counted only while somebody looks (Table.Watch), which costs a request one read
// otherwise. Nothing here waits for a lock that another process could hold, and counting
// allocates nothing.
//
// Package meter has counts that are kept, for Prometheus. Its histograms have Kong's
// bounds, of which there are too few for a percentile, and its blocks are shared by all
// workers.
package live
