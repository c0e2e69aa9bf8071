// Package dns reads and writes the DNS messages a stub resolver needs (RFC
// 1035, RFC 2782, RFC 3596): one question, and answers of types A, AAAA,
// CNAME, PTR and SRV. Pure bytes, no sockets. engine/resolver calls it. It
// never trusts a length, a count or a compression pointer it reads.
package dns
