// Package limitconn limits how many requests a key may have in flight: nginx's
// ngx_http_limit_conn_module.
//
// The engine calls it in the preaccess phase of locations that have limits. The
// counts are in shared memory (engine/zone); each counted use is given back when
// the request ends.
package limitconn
