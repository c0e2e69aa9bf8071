// Package bfd is keepalived's BFD process: sessions by RFC 5880 in asynchronous mode,
// over one hop (RFC 5881) or more (RFC 5883), whose state VRRP instances and checkers
// follow.
//
// Session is the protocol: no sockets, no clock; its methods take the time, and it acts
// through World. Role is the process around the sessions: sockets, timers and the
// messages "NAME up" and "NAME down" to the other processes.
//
// Differences from keepalived 2.2.7: at the end, the neighbour is told that the session is
// administratively down, so that it need not wait for the detection time; a session that
// is lost because of a wrong TTL says so once.
package bfd
