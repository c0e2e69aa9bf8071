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
// A panic in a handler ends the connection that it served and nothing else: it is
// logged as an alert with its stack, and the request is not used again. nginx
// would lose the worker with all of its connections, but there memory may be
// broken, and here it is not. What a feature holds across a panic it must give
// back by defer. Goroutines that features start for themselves are not covered:
// their panic ends the worker, and the master starts another.
//
// Strings reachable from a Request are views into its buffers and end with it:
// clone what is kept longer.
package httpd
