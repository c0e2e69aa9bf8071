// Package plane is what a worker knows of the gateway's desired state, in the form that
// requests need: compiled routes, services, groups of peers, instances of plugins,
// consumers by what they show.
//
// A Plane never changes. Keeper, fed by the gateway process, makes the next one of it and
// the changes, and swaps it in; a request takes the one that is there when it arrives and
// keeps it. What is large is shared between one plane and the next (package trie), so
// that a change costs what it touches, not what there is.
//
//	State, Changes --> Keeper --> Plane --+--> routes    route.Table, Data *Route
//	                                      +--> services  *Service: settings, peers
//	                                      +--> plugins   by scope
//	                                      +--> consumers and their credentials
//
// A Route's chain of plugins is made when a request first needs it, and again when
// plugins or services have changed since.
package plane
