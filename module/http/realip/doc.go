// Package realip takes the client's address from a header that trusted proxies
// send, or from the PROXY protocol: nginx's ngx_http_realip_module.
//
// The engine calls it in the post_read phase, with the server's settings, and again
// in the preaccess phase, with the location's, unless it has found an address
// before. The address counts for everything until the request ends.
package realip
