// Package index is the index module: a URI that ends in a slash is sent to the
// folder's index file by a redirect inside the server.
//
// Assembly puts it first among the content handlers for folders: before
// random_index and autoindex.
package index
