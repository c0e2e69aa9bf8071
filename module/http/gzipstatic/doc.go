// Package gzipstatic is the gzip_static module: beside a file it looks for the
// same one compressed, with ".gz" at the end of its name. Assembly puts it right
// before static.
package gzipstatic
