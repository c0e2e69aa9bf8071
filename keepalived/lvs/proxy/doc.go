// Package proxy is the data plane that needs nothing of the kernel but sockets: it
// accepts connections to the virtual address, which need not be on the machine yet,
// and makes one of its own to a real server for each; bytes go between them by
// splice(2), ends and resets are passed on, and counts are exact. Datagrams of one
// client are a session, with a socket of its own.
//
// All schedulers, persistence, thresholds and draining work as in the kernel.
// What differs from it: real servers see the balancer's address whatever lvs_method
// says; a port is needed; without a server a client is reset, not refused; packets
// of TCP are not counted, for nobody sees them; a connection without traffic for
// the time of lvs_timeouts is closed on both sides.
//
// A service has a lock, which is held to choose and to count, never to wait.
package proxy
