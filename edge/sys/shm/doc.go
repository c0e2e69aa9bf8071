// Package shm is memory that several processes map: segments, the lock of a
// segment that outlives its holder, a slab allocator and a keyed table with a
// queue of least recently used entries. Package engine/zone builds the named
// zones on it; nothing else calls it, except stores with a layout of their own.
//
// A segment is a memfd. The master creates it, workers (the program started
// anew, not forked) inherit the descriptor and Attach it. Every process maps it
// at another address, so nothing in it is a pointer: a Ref counts 8-byte words
// from the start of the segment.
//
//	0      header    magic, sizes, hash seeds, lock, marks of recovery, root
//	4096   owners    1023 words, one for each process that has it mapped
//	12288  index     hash buckets of the table, outside of the declared size
//	...    pool      exactly the declared size: slab pages as nginx cuts them
//
// # The lock
//
// One word holds the ticket of the holder. Taking a free lock is one compare and
// swap, giving it back one exchange: no system call. A waiter spins for about four
// microseconds, sleeps on the futex for up to 100 with its P standing still, then
// longer with the scheduler told. When the same holder has kept it for 10 ms its
// life is looked up (owners: pid and start time against /proc). The kernel's
// robust futex list would be of no use here: it is registered per thread, holds
// pointers into one address space, and a goroutine has no thread of its own.
// A dead holder's lock is taken over, the segment marked dirty, and the
// container verified and, if needed, rebuilt before the lock is granted.
//
// Unlike nginx, whose master unlocks the mutexes of a dead child and hopes, a
// structure left half changed is repaired here. Critical sections must be short
// and must never wait: no channel, no system call, no allocation that can be
// made before.
//
// # Sizes
//
// A pool of N bytes has as many pages, and a chunk of a class as many neighbours,
// as nginx's ngx_slab_pool_t of N bytes, so that zones fill up at the same number
// of entries as users know it. Own and kept outside: the index, 4 bytes for each
// 128 of the pool.
package shm
