// Package desired owns the desired state in the gateway process: it loads it from
// the store, changes it one write at a time, and tells all who follow it.
//
//	Apply --> entity.State.Apply --> Store.Write --> swap --> followers
//	                   Store.Watch (other nodes) -->  swap --> followers
//
// The store comes first: what was acknowledged is there after a crash. Readers
// take State, a pointer that is swapped, and never wait. While the store is away
// reads go on with what there was, and writes are refused with Unavailable.
package desired
