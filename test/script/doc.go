// Package script holds the scripts that run the whole program as a user does.
// README.md lists the verbs; package scripttest runs them.
package script
