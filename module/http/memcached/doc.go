// Package memcached is nginx's ngx_http_memcached_module: answers come from a
// memcached server, under the key in $memcached_key.
//
// A miss is 404, for an error_page or a try of the next server ("not_found") to
// do something about.
package memcached
