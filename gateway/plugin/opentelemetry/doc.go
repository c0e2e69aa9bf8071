// Package opentelemetry is the plugin opentelemetry: a request becomes a part of the trace
// that its client tells of, or begins one; the service is told; and where the trace is
// recorded, its spans go to a collector by OTLP, over HTTP or gRPC. Log records of all
// requests may go there, too.
//
// It runs first of all plugins, so that it sees what the others take. Spans are made when
// all is over, from what the engine has noted anyway: a request that is not recorded costs
// the reading of its headers and the writing of one. They are encoded at once, by proto.go,
// into the one piece of memory that a recorded request costs; what is put around a batch
// of them are lengths and a resource that never changes. See decision 0027.
//
//	GET /shop                          the request, SERVER
//	├─ gateway.access.plugin.key-auth  a phase of a plugin
//	└─ gateway.upstream                from the first try to the end of the last one
//	   ├─ GET                          a try, CLIENT
//	   └─ GET                          the one whose id the service has got
//
// All tries send the same header. The id in it is that of the last one, which has answered.
package opentelemetry
