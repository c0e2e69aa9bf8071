// Package headersmore changes headers of requests and responses, also those that
// the server writes by itself (Content-Type, Server, Date...): OpenResty's
// headers-more-nginx-module.
//
// The engine calls it as a header filter, for all statuses, and at the end of the
// rewrite phase for the headers of the request. Assembly puts it behind rewrite and
// in front of Lua. What a level says runs behind what the levels above say.
//
// Where it differs: faults of the configuration are logged at level emerg with their
// place, not at level error without one; a request whose Content-Length was changed
// before its body was read is the last one of its connection.
package headersmore
