// Package gunzip decompresses responses for clients that do not take gzip: nginx's
// ngx_http_gunzip_filter_module.
//
// Backends and files are often compressed already. Its header filter finds such a
// response for a client without gzip, and its body filter inflates it as it comes.
package gunzip
