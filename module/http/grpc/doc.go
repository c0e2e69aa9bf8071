// Package grpc speaks HTTP/2 to services of the gateway whose protocol is grpc or grpcs: what
// nginx has in ngx_http_grpc_module. The rest, from the choice of a peer to the way back to the
// client, is engine/httpd/upstreamhttp's.
//
// A connection carries one call and is closed then. The peer is told that it must not use
// HPACK's dynamic table, and gets a window as large as can be: what is not read holds the peer
// back by TCP. Its own windows count for what we send.
//
//	client --> SendBody --> DATA --> peer        a goroutine of its own
//	client <-- Body <-- feed <-- HEADERS, DATA   the request's goroutine
//
// The request's goroutine also answers SETTINGS and PING. It never waits for the other one:
// what it can't write at once is taken along (wire.go).
package grpc
