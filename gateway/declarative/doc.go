// Package declarative reads and writes the whole desired state as one document:
// Kong's declarative file, _format_version 3.0 (1.1 and 2.1 are read as Kong 3 does), in
// YAML or JSON. Children may lie inside their parents (services[].routes[].plugins[], upstreams[].targets[],
// consumers[].keyauth_credentials[], certificates[].snis[]) or beside them, with
// the parent's name or id.
//
// Parse and Format are about text, Import and Export about what it says. Who
// calls them: the file store, the Admin API's /config, and the commands dump,
// diff, sync, validate.
//
// A document without an id gets the one that Kong and decK give it (a UUID made
// of its name), so that the same file means the same entities everywhere. What
// has neither id nor name gets an id made of its contents.
package declarative
