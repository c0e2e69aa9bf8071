// Package jose reads signed tokens (RFC 7515, RFC 7519) and the keys that issuers publish
// for them (RFC 7517), for the plugins that judge by them. It verifies and never signs;
// encrypted tokens are none that it knows.
package jose
