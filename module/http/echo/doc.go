// Package echo makes responses out of the configuration: echo-nginx-module, which
// OpenResty brings along. It prints texts, waits, runs subrequests, and puts texts
// in front of and behind a body.
//
// The engine calls it as a location's content handler, with the commands in the order
// they were written, and as a body filter.
//
// Where it differs: echo_location_async runs its subrequest at once, in the place where
// it stands, like echo_location.
package echo
