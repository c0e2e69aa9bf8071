// Package memcached is the codec of memcached's text protocol, as far as a proxy
// needs it: the line that begins an item, the item's bytes with what follows
// them, and the replies to commands that store, delete or count.
//
// It holds no socket. Callers give it the bytes that have come so far, and give
// them again with more behind when it asks for more.
package memcached
