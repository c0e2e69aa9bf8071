// Package oauth asks authorization servers on behalf of plugins (RFC 6749, RFC 7662), and
// remembers what they say of tokens.
package oauth
