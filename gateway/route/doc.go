// Package route chooses the route of a request. The gateway's plane calls it; it knows no entities, only its own Rule.
//
// A Table is immutable: Add, Replace and Remove give a new one that shares what did not change, so readers see one consistent
// table and a change costs a few small copies.
//
//	host   exact names in a hash trie, "*.x" by what follows the star, "x.*" by what precedes it, and rules without hosts
//	path   below each host a radix tree; a regex hangs where its literal beginning ends
//	list   at each place the rules in order of precedence; a long list is split by header, query, cookie, method and class
//
// Find walks the few places that fit the request and keeps the best rule that matches. Explain asks every rule in turn and
// writes down what failed.
//
// Which rule wins is what Kong 3's traditional router says (kong/router/traditional.lua), with Priority before all of it:
//
//  1. more kinds of attributes (hosts, headers, queries, cookies, paths, methods, SNIs, sources, classes of
//     clients), then the kinds in this order
//  2. only plain hosts before hosts with a wildcard; then a host with a port before one without
//  3. regex paths before plain ones
//  4. more headers, queries and cookies
//  5. regex_priority, between regex paths
//  6. the longer path
//  7. the older rule, then the smaller id
//
// A rule with several paths counts as one rule for each. Where Kong's caches and shortcuts give another answer than its order,
// the order holds here. Other differences: a wildcard host covers the whole name, not any part of it; a plain host always goes
// before a wildcard with a port; a host's port is compared with the port that the request came for, written or not; a regex for
// a header ignores case instead of seeing the value in lower case; a rule's plain paths are normalized like a request's.
package route
