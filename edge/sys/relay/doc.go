// Package relay is what a proxy of connections needs of Linux: sockets on addresses
// that the machine doesn't have yet, bytes that go from one connection to another
// without being copied into the process, and the end of a connection that tells
// the peer of it.
//
// keepalived/lvs/proxy calls it. It owns the pipes that the bytes go through.
package relay
