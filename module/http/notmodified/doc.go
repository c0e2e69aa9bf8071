// Package notmodified is the not_modified filter: it answers conditional requests
// (RFC 9110, 13) with 304 or 412. Assembly puts it in front of all other header
// filters.
package notmodified
