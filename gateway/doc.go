// Package gateway is the API gateway: an ordinary HTTP module whose routes, services,
// consumers and plugins come from a store and are changed by an Admin API while it serves.
//
//	http {
//	    gateway { store bolt:data/gateway.db; admin 127.0.0.1:8001; }
//	    server { listen 8000; location / { gateway_pass; } }
//	}
//
// A process of its own, the gateway process, opens the store, serves the Admin API and
// feeds the workers (package feed). A worker turns what it is fed into a plane (package
// plane) and never waits for anybody: without the gateway process, and without the store,
// it serves with what it knew last.
//
// The life of a request in a location with gateway_pass:
//
//	rewrite    find: the router chooses the route; $gateway_route is there from here on
//	access     the plugins of the route, service and consumer, in the order of order.go
//	content    the request is passed to the service's group of peers
//	header     the plugins see the response
//	log        and its end
//
// Lua of the same location runs behind find and behind the plugins, and may read
// $gateway_*.
package gateway
