// Package geo is the geo module: variables whose values depend on the client's
// address. Binary bases (ranges in FILE.bin) are not read: the text they were made
// of is, with the same result.
package geo
