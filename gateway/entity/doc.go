// Package entity holds the gateway's entities: what each may hold (schemas as
// tables, after Kong 3's, with ours marked), Go structs for those who read them,
// and State, the whole desired state in memory with its references, unique
// fields and cascades. It is pure: no files, no network; the clock is passed in.
//
// The gateway process owns the State and changes it with Apply. A State never
// changes: Apply returns a new one that shares nearly all with the old. Stores
// keep documents and changes, workers get them; both rebuild a State with Load
// and Replay, which check nothing again.
package entity
