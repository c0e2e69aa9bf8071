// Package dgram sends datagrams that may get lost but never hold up the sender:
// what syslog over UDP and over /dev/log needs.
//
// Called by core/errlog. It owns the sockets it opens.
package dgram
