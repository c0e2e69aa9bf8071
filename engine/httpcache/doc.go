// Package httpcache is what the header of a response says about keeping it, read as nginx
// reads it (ngx_http_upstream.c): until when it may be used, and for how long afterwards
// while it is renewed or can't be. It keeps nothing: the store is engine/cache, the walk of
// a request engine/httpd/upstreamhttp.
//
// Where it differs from RFC 9111: Age is not looked at, Pragma neither; directives of
// Cache-Control are found anywhere in the text; X-Accel-Expires goes before all.
package httpcache
