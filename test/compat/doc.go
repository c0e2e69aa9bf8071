// Package compat runs test suites that others wrote for nginx and OpenResty
// against our binary, and holds what passes: a file that once passed must go on
// passing, and what newly passes is written down.
//
// The suites are not part of this repository. MOONGATE_CONFORMANCE names the
// program that runs them, as docs/compat.md tells; without it the tests are
// skipped.
package compat
