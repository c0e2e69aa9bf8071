// Package index is the index module: a URI that ends in a slash is sent to the
// folder's index file by a redirect inside the server.
//
// Assembly puts it behind random_index and before autoindex.
package index
