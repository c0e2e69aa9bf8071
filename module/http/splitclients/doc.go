// Package splitclients is the split_clients module: it parts clients by a hash of
// some text, so that the same text always falls into the same part.
package splitclients
