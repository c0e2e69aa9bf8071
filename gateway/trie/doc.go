// Package trie is a map with string keys that never changes: a change gives another map
// that shares nearly everything with the one before, so that readers see one consistent
// state and a writer copies little. The router and the plane are made of it.
package trie
