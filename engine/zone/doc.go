// Package zone is what engines and features put into memory shared by all
// workers: named zones of a kind, and the six things kept in them. The
// configuration declares zones, the master binds them to segments before it
// starts workers, workers attach.
//
//	Zones      the zones of one generation of configuration
//	Dict       ngx.shared.DICT of lua-nginx-module; session stores use it too
//	ReqTable   leaky buckets of limit_req
//	ConnTable  counts of limit_conn
//	Peers      the changing state of an upstream's peers, shared or private
//	Counters   stub_status
//	Bells      wake goroutines of other processes
//
// A zone lives on through a reload when name, kind and size stay, and through the
// death of any worker: see package edge/sys/shm for its lock and its repair.
//
// Where it differs from nginx: a zone damaged by the death of a worker is
// verified and rebuilt, not just unlocked; hash tables stand in for red-black
// trees (their index is not taken from the declared size); the gauges of
// stub_status lose what a killed worker had counted. A killed worker's share in
// limit_conn counts and in the conns of peers stays until the zone ends, as in
// nginx.
package zone
