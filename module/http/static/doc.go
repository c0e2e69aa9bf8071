// Package static is the static module: it answers with files. It has no
// directives of its own; root, alias, open_file_cache and their kin are the
// engine's.
//
// Assembly puts it at the end of the content handlers, behind index and autoindex.
package static
