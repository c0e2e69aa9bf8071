// Package rewrite is the rewrite module: rewrite, return, if, set and break, which
// run in the order they are written, in the phases server_rewrite and rewrite.
//
// The directives of a level are compiled into one program, the inside of an
// if{} included; a condition that does not hold jumps over it, one that holds in
// a location moves the request to the pseudo location of its if{}. As in
// nginx the program goes on behind the if{} then, while later modules see the
// if's settings.
//
// Assembly puts the module first among those with rewrite handlers. It owns
// the programs; variables that `set` defines are the engine's.
package rewrite
