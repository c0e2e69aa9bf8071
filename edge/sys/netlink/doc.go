// Package netlink asks the kernel about interfaces, addresses, routes and rules,
// changes them, and tells when somebody else does.
//
// Called by keepalived: Kernel is what it needs, Conn the real one, and netlinktest
// has a false one. All of it belongs to one thread, and to the network
// namespace that this thread was in when it called Open.
//
// A request is one message to the kernel and is answered before the system call
// that takes it returns: nothing here waits, so requests are made on the thread
// of the loop. The Monitor is a descriptor for the loop.
//
// It owns the sockets that it opens.
//
// Why this is no library: docs/decisions/0017-netlink.md.
package netlink
