// Package limitreq limits the rate of requests by a key: nginx's
// ngx_http_limit_req_module.
//
// The engine calls it in the preaccess phase of locations that have limits. The
// leaky buckets are in shared memory (engine/zone); here is what the directives
// say, the wait of a delayed request, and the words for the log.
package limitreq
