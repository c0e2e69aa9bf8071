// Package http1 is the codec of HTTP/1: bytes to requests and responses, and back.
//
// It holds no socket and no configuration. The server side (engine/httpd) and the upstream side (module/http/proxy and its
// kin) call it with the bytes they have received so far; it answers with what those bytes mean, or with Again.
//
// # How parsing works
//
// Every parser takes a slice that begins where the line (or chunk) begins and may end anywhere. Again means: call again with
// the same bytes and some more behind them. The bytes may have moved meanwhile, since nothing but offsets is kept. An error is
// given at the same byte at which nginx gives it, even when the line is not complete.
//
// Strings handed out are views into the caller's buffer and are valid as long as that is. Nothing is allocated, except where
// a function says so.
//
// # What it follows
//
// Which bytes are accepted and which refused, the answers and the log texts are those of nginx 1.31: ngx_http_parse.c,
// ngx_http_request.c, ngx_http_header_filter_module.c, ngx_http_special_response.c, ngx_string.c and ngx_parse_time.c.
// Where the two differ it is said at the function. The state machines are our own.
package http1
