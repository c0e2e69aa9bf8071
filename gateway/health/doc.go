// Package health finds out which addresses of targets are alive, as Kong's health checks
// do (the field healthchecks of an upstream).
//
//	record    one address: healthy or not, and what was counted towards the other
//	Table     the records, in memory that all processes of the node share
//	Passive   what a worker learns from the requests that it passes
//
// Package active asks addresses by itself, in the gateway process.
//
// Both ways count in the same record, so that passive checks find a target dead and active
// ones find it alive again. Whoever makes a record turn tells the gateway process, which
// logs it and tells the workers.
//
// Where it differs from Kong: good answers clear the failures that were counted, as Kong's
// documentation says, also where successes is 0; tcp checks run; grpc checks use gRPC's own
// health protocol, and a server that does not know it is alive for having answered.
package health
