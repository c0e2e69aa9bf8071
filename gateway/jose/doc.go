// Package jose reads signed tokens (RFC 7515, RFC 7519) and the keys that issuers publish
// for them (RFC 7517), for the plugins that judge by them, and makes the few that a client
// proves itself with. Encrypted tokens are none that it knows.
package jose
