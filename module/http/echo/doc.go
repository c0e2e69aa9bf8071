// Package echo makes responses out of the configuration: echo-nginx-module, which
// OpenResty brings along. It prints texts, waits, runs subrequests, and puts texts
// in front of and behind a body.
//
// The engine calls it as a location's content handler, with the commands in the order
// they were written, and as a body filter.
//
// Subrequests have variables of their own. Those of echo_location_async and
// echo_subrequest_async begin when the commands are through or wait for something, run
// beside each other, and are written in order; all but the first are kept in memory
// until it is their turn.
//
// Where it differs: echo_blocking_sleep holds up its own request only, and
// echo_abort_parent ends the parent's response properly, without what was still to come.
package echo
