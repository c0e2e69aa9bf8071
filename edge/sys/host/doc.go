// Package host reads hosts as directives write them: addresses by number as
// nginx reads them, and names as the C library's getaddrinfo finds them.
// Lookup blocks, and is for reading configurations only.
package host
