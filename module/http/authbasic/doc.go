// Package authbasic asks for a user and a password: nginx's
// ngx_http_auth_basic_module.
//
// The engine calls it in the access phase where both auth_basic and
// auth_basic_user_file are set. The file is read anew for each request, as in
// nginx, so that changes count at once; how hashes are judged is in package
// edge/wire/htpasswd.
package authbasic
