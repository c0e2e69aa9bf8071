// Package event is the worker's event loop: it waits for sockets and timers and
// lets the code above be written as ordinary blocking Go.
//
// Who calls it: the engines (httpd, stream, upstream, resolver) for all waiting
// on a request's path, and the worker, which runs one Loop.
//
// What it owns: an epoll set, the records of the descriptors in it, a heap of
// timers and a pool of goroutines. Descriptors given to Adopt, Poll and Dial
// belong to it until Close; listening sockets stay their opener's.
//
// # One set, one leader
//
// The set is not Go's own but nested in it: the runtime's poller waits for the
// set as for any descriptor. One goroutine at a time leads: it takes a batch of
// events and calls the handler of each parked connection in place. A request
// that never waits costs no switch of goroutines at all, and an idle connection
// holds no goroutine. When a handler does have to wait, it gives the leadership,
// with the rest of the batch, to another goroutine, and sleeps; woken, it goes on
// as an ordinary goroutine, and when it is done it becomes a follower:
//
//	           +--> epoll_wait --> handler --> handler --> ... --+
//	leader ----+                      |                          |
//	           +----------------------|--------------------------+
//	                                  | must wait (Read, Write, Waiter,
//	                                  v  Sleep, Block)
//	     follower becomes leader;  sleeps in its wait;  ready: goes on, parks or
//	     goes on with the batch    anyone may wake it   closes, becomes follower
//
// Whether the running goroutine leads is told by its identity (g.go), so nothing
// has to be passed down to the code that waits. Code that waits for something
// else than this package knows says Block first; forgetting that stalls the
// loop, as a blocking call in an nginx module does. Code that may compute for
// ever, Lua, is under a Watch, which has somebody else lead after a while.
//
// # System calls
//
// Registration is edge-triggered and made once per connection. What the kernel
// announced is remembered per direction, and a read that returns less than was
// asked for has emptied the socket. A keep-alive request is one recvfrom, one
// sendto and its share of an epoll_wait.
//
// # Differences from nginx
//
// Timeouts are lazy (timers.go). There is no accept_mutex: processes that share
// a listening socket use EPOLLEXCLUSIVE. Because the set is nested, the kernel
// does not know which of them is going to accept and may wake several; those
// that come late see nothing to do. Sockets with reuseport do not have this.
package event
