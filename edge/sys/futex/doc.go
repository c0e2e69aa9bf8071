// Package futex is the kernel's futex(2) for words that several processes map,
// and the processor's pause hint for short spins. Package shm builds its lock on
// it, engine/zone its bells; nothing else should need it: inside one process use package sync.
//
// The words are never private futexes (FUTEX_PRIVATE_FLAG is not set), since
// each process maps them at an address of its own.
package futex
