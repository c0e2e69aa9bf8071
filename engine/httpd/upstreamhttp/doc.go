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
// With a cache (proxy_cache) a request is answered from it where that is possible, and a
// response that may be kept goes to a file on its way to the client, whether that stays or
// not: see cache.go. engine/httpcache reads headers, engine/cache has the files.
//
// Where it differs from nginx: buffers are the pool's and of one size, the sizes in
// the configuration are limits. A response whose rest has arrived is read in full
// and the peer released before any of it is written to the client. A cache's disk that
// fails ends the keeping, not the response; a response is in the cache before its last
// byte is sent.
package upstreamhttp
