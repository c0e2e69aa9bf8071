// Package explain answers "what would become of this request, and why": each route that is
// tried and what of it fails, the plugins in order, the release's decision, the service,
// its upstream and targets. It makes a plane of its own of the desired state, by the same
// code as workers do, but with plugins that do nothing: nothing is sent anywhere, except
// that lists of releases are read.
//
// In the gateway process it goes by how things are now: the health of targets, and those
// plugins that tell (plugin.Tells), which look at what workers share and leave it so.
//
// What only a real request would show is asked for instead: who is authenticated
// (Request.Consumer) and what the claims of the token say.
package explain
