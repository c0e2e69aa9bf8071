// Package headers is the headers filter: add_header, expires and add_trailer.
// Assembly puts it behind not_modified and before the filters that change
// bodies.
package headers
