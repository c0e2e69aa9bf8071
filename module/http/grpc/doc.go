// Package grpc is nginx's ngx_http_grpc_module: it passes requests on by HTTP/2, where grpc_pass
// says, or to services of the gateway whose protocol is grpc or grpcs. The rest, from the choice of a peer to the way back to the
// client, is engine/httpd/upstreamhttp's.
//
// A connection carries one call at a time, and goes back to the pool then, where the group has
// one and the peer has left it clean. The peer is told that it must not use
// HPACK's dynamic table, and gets a window as large as can be: what is not read holds the peer
// back by TCP. Its own windows count for what we send.
//
//	client --> SendBody --> DATA --> peer        a goroutine of its own
//	client <-- Body <-- feed <-- HEADERS, DATA   the request's goroutine
//
// The request's goroutine also answers SETTINGS and PING. It never waits for the other one:
// what it can't write at once is taken along (wire.go).
package grpc
