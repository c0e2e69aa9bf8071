// Package htpasswd judges passwords by the hashes of password files: those that
// nginx knows itself (ngx_crypt) and those it leaves to the C library's crypt().
//
//	$apr1$SALT$...          Apache's variant of MD5 crypt (htpasswd's default)
//	{PLAIN}password         no hash at all
//	{SHA}base64             SHA-1 without salt
//	{SSHA}base64            SHA-1 with the salt behind the digest
//	$1$ $5$ $6$             MD5, SHA-256 and SHA-512 crypt
//	$2a$ $2b$ $2x$ $2y$     bcrypt
//	ab...........           DES crypt: two characters of salt, eleven of hash
//
// Called by basic authentication. It is pure: it opens nothing and keeps nothing.
//
// Where it differs from crypt(): yescrypt and scrypt ($y$, $7$) are unknown here.
package htpasswd
