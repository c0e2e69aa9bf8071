// Package admin is the Admin API: Kong's, field for field, and what is ours
// beyond it. It runs in the gateway process, never in a worker.
//
//	http.Request --> guard (limits, origin, token, role) --> route table or path of entities
//	             --> desired.Apply / Preview --> reply --> one writer
//
// What an entity may hold comes from the tables of package entity; nothing here
// knows a single field, apart from a certificate's snis and a release's state.
// Every write is made by a function over the state (desired.Write.Do), so that
// what a path names is looked up in the very state that is changed.
//
// Who comes in shows a token, or the cookie of a session and, to change something, what only
// our own pages know. Users are beside the desired state (Users says why), who may what is
// in the tables and, for the tests, in testdata/roles.
//
// The OpenAPI document is made of the same tables, of usages for what is no entity, and of
// Go types. Tests hold every request and answer of theirs against it (package apitest).
//
// Where it differs from Kong: a token is asked for; bodies, answers and waiting
// requests are bounded; a write is one revision, however many entities it
// touches; errors have faults with JSON pointers besides Kong's fields;
// Access-Control-Allow-Origin is sent only to origins that are configured.
package admin
