// Package rawip sends and receives packets of IP protocols that have no socket of
// their own: VRRP (112) and its authentication header (51), over IPv4 and IPv6,
// multicast and unicast; and it puts whole Ethernet frames on an interface, for
// gratuitous ARP and neighbour advertisements.
//
// Called by keepalived's speaker on the thread of its loop: no socket here blocks,
// and none is safe for use by two goroutines. What is in the packets is the
// business of edge/wire.
//
// It owns the sockets that it opens. They stay in the network namespace of the thread
// that opened them.
//
// # A flood
//
// What is received is taken in batches by recvmmsg into memory that all receivers
// share, and without allocation. A filter in the kernel throws away what belongs to
// other virtual routers before it is queued: for the rest a batch is the limit of
// what one turn handles, so that the loop comes back to its timers.
package rawip
