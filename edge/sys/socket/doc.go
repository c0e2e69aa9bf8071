// Package socket opens listening sockets and sets what nginx's directives can
// set on a socket.
//
// Who calls it: the engines read the parameters of listen with it (ParseListen,
// Options.Param), the cycle opens, claims and hands over the sockets (Open,
// Configure, Inherited), and the connection layers use the small functions of
// tcp.go on descriptors of theirs.
//
// It owns nothing: descriptors belong to the caller. Errors are Faults, worded
// as nginx words them, with the error number kept apart for the log.
//
// Differences from nginx: setfib= is refused with the text of a system without
// it, as Linux has none; a numeric address must be written as four decimal
// numbers without leading zeros.
package socket
