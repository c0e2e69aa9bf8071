// Package meter counts requests for /metrics, and writes what was counted in the words of
// Prometheus.
//
// Counts lie in shared memory that all workers add to and the gateway process reads:
//
//	worker, worker  -- atomic adds -->  Table  <-- reads --  gateway process
//
// Reports over the feed would have been the other way. They lose what a worker has counted
// since its last one when it is killed, and all there is when the gateway process is
// started anew, as it is with each reload: counters would go backwards. Memory that the
// master holds outlives both, and what is asked for is never behind.
//
// A series is a Block: one route, or one route and consumer, or one variant of a release.
// It is named by ids, not by names: whoever writes the text looks these up, and a route
// that is renamed keeps its counts. A worker looks a block up once for each route and
// generation of the plane (Series), so that a request costs a few additions.
package meter
