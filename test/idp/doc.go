// Package idp is an OpenID provider for tests: that of github.com/zitadel/oidc, which its
// authors have had certified, with their example's users, login page and memory. Tests see
// what it was asked, and may change what it answers. It is for tests only.
//
// There are the clients "web" and "jwt", with the secret "secret": access tokens of the
// second are JWTs; and "key", which proves itself with ClientKey. "sid1" with "verysecret" is a client that asks for itself. The user test-user2 has the password verysecure.
package idp
