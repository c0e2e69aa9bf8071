// Package logging is what the logging plugins share: the record of a request, in the
// shape of Kong's log serializer, and a queue behind which a goroutine of its own writes
// records to wherever they go.
//
// A request never waits for a log: where records come faster than they can be written,
// the queue is full, and those that come then are dropped, counted and told of once a
// second in the error log.
package logging
