// Package gzip compresses responses on their way out: nginx's
// ngx_http_gzip_filter_module.
//
// Its header filter decides, with the engine's word on who may have compressed
// answers at all; its body filter stands behind the place where subrequests join
// the response. Compressors are kept for reuse, one kind for each level.
//
// Where it differs from nginx: the compressor is klauspost/compress, so the bytes
// are not those of zlib; gzip_window and gzip_hash are checked and then have no
// effect, nor have gzip_buffers and postpone_gzipping, since output goes on as it
// is made.
package gzip
