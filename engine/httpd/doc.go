// Package httpd is the life of HTTP: connections, requests, the eleven phases,
// locations, variables, filters, subrequests and the end of a request. It knows
// no feature: those are Modules, handed to New in running order by package
// assembly.
//
// A request walks: Conn.Ready -> readHead -> pickServer -> Request.run (phases)
// -> a content handler -> Request.SendHeader and Request.Write (filters) ->
// Request.finalize. Internal redirects and subrequests enter again at run and
// nowhere else.
//
// Unlike nginx, whose handlers return NGX_AGAIN and are called again, a handler
// here blocks like ordinary Go: all waiting goes through edge/sys/event, which
// gives the worker's event loop to another goroutine meanwhile.
//
// Strings reachable from a Request are views into its buffers and end with it:
// clone what is kept longer.
package httpd
