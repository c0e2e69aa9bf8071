// Package release decides who gets the candidate of a release and whether it goes on. It is pure: no clock, no store, no
// network. The gateway's plane asks Decide for each request and keeps a Window for each variant; whoever leads the release asks
// Ramp and Guard.
//
// Decide asks in this order, and the first that says something wins:
//
//	never    clauses: these get the baseline, whatever else
//	always   clauses: these get the candidate, whatever the share
//	among    clauses: if there are any, only these take part in the share
//	share    the bucket of the client's sticky key is below the share
//
// A clause holds when all of its conditions hold. A client's bucket, 0 to 9999, comes from the release's salt and the sticky key
// alone: it is the same on each node and after each restart, and since a client is in while its bucket is below the share,
// raising the share moves nobody back.
package release
