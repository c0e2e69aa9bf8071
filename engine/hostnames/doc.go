// Package hostnames is a table of host names, with wildcards in front
// ("*.example.com", ".example.com") or at the end ("www.example.*"), as nginx's
// combined hash (ngx_hash_combined_t) has it. Modules that compare names use it
// (map, referer). Names are compared without regard to case: they are kept and
// must be looked up in lower case.
package hostnames
