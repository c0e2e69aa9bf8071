// Package randomindex is the random_index module: a URI of a folder is sent to a
// file of it chosen at random. Assembly puts it before index.
package randomindex
