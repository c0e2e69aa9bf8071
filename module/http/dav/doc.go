// Package dav is the dav module: PUT, DELETE, MKCOL, COPY and MOVE of files
// (RFC 4918, without properties and locks). Assembly puts it among the content
// handlers before static, which would answer 405.
package dav
