// Package config holds what keepalived.conf says: the keywords' meaning, their
// defaults and the checks between them. The types here are what the other
// packages of keepalived work by; nobody else looks at words of the file.
//
// A Config is read-only once it is made, and may be shared.
package config
