// Package lists reads lists of clients that are kept in Redis, for releases. A worker has
// one Book; a List lives as long as some release uses it, whatever else of the release or
// of the gateway's plane changes.
//
// What Redis has answered counts for a while (refresh). Then one request asks again, and
// waits for it no longer than the list's timeout; those that come meanwhile go by the last
// answer. While Redis does not answer the list says who is on it: those of the last
// answer, nobody, or everybody. A list that is read as a whole is also left in memory that
// outlives the worker, so that one which starts while Redis is away knows it.
package lists
