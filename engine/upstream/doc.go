// Package upstream is what stands behind a proxy: groups of servers, the choice
// among their peers, connections to them and the pools in which idle ones wait.
//
//	Set      the groups of one protocol's configuration, by name
//	Group    upstream{}, or the host of a proxy_pass
//	Peers    the addresses of a group with their shared state (engine/zone)
//	Choice   one request's way through the peers: what was tried, what is next
//	Balancer how the next peer is chosen (balance/*, or Lua)
//	Conn     a connection to a peer, plain or TLS
//	Pool     idle connections, parked in the event loop
//
// The HTTP half, with tries and retries, is engine/httpd/upstreamhttp; the stream
// engine uses this package too. It reads no directives: module/http/upstream and
// its like fill the Groups.
//
// An idle connection costs its record and its descriptor: the loop tells its
// Ready when the peer closes it or its time is over. A request that is answered
// over a connection from the pool makes no system call but those that move its
// bytes.
//
// Where it differs from nginx: names with "resolve" are looked up by each worker
// for itself; the state of the peers found is shared, and so are the addresses with
// those who begin later. A connection that
// the peer has closed is noticed when it is taken from the pool, too, not only by
// its event.
package upstream
