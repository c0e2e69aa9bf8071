// Package resolver turns names into addresses: for the `resolver` directive
// without ever holding up the worker's loop (Resolver), and while a
// configuration is read through the system (ParseURL). proxy_pass, upstream,
// Lua's sockets, OCSP and mail call it; they know nothing of DNS.
//
// A name is asked for once, however many wait for it:
//
//	Name("a") --+                       +-- UDP socket: A, AAAA --> server i
//	Name("a") --+--> flight "a" (one) --+   no answer in 5 s: server i+1
//	Name("a") --+    goroutine          +-- truncated: the same over TCP
//
// Who waits leaves by itself when its resolver_timeout is over; a flight that
// nobody waits for ends. Answers are cached for their time to live, or for
// `valid=`; errors are not cached. It owns its sockets and its cache.
//
// Where it differs from nginx: every flight has a socket, and thus a source
// port, of its own, and random ids; an answer counts only if id, name and
// type fit. A server that refuses (ICMP) costs no five seconds if another one
// is configured. PTR answers may be truncated and are then fetched over TCP.
package resolver
