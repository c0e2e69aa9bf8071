// Package upstreamhttp is the HTTP half of talking to upstream servers: what nginx
// has in ngx_http_upstream.c. proxy, fastcgi, uwsgi, scgi, memcached and grpc give
// it a Protocol each and share the rest: choosing a peer and trying the next, sending
// the request, taking over the response's header, passing its body on, the
// $upstream_* variables and the log lines.
//
//	handler -> Run -> try -> pick, connect or reuse, send, read header
//	             ^      |                                    |
//	             +------+ next: another peer                 v
//	                                   header -> client, body -> client, finish
//
// A request belongs to one goroutine, which waits like ordinary Go. Two more may
// help it: one that sends a body that the peer does not take at once, while the
// first waits for the answer; and one that writes to the client when a response
// outgrows proxy_buffers, while the first goes on reading, so that a slow client
// does not hold the peer.
//
// Where it differs from nginx: buffers are the pool's and of one size, the sizes in
// the configuration are limits. A response whose rest has arrived is read in full
// and the peer released before any of it is written to the client.
package upstreamhttp
