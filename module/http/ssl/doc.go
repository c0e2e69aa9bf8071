// Package ssl is the ssl_* directives of http servers and the $ssl_* variables
// (ngx_http_ssl_module): package certs does the work, the engine calls the
// policy that this module gives it (httpd.TLSPolicy). The order of modules does
// not matter to it.
//
// It owns the certs.Server of each server{} and the shared memory that sessions
// and ticket keys are kept in.
//
// Where it differs from nginx: see package certs for what crypto/tls can't do.
// ssl_ocsp and ssl_ech_file are refused as not implemented, ssl_stapling needs
// ssl_stapling_file, ssl_certificate_compression has no effect. A worker uses
// the bytes of certificates and keys that its master has checked; only names
// with variables are read when a client comes.
package ssl
