// Package memc is OpenResty's memc-nginx-module: what a memcached server can do,
// as locations. The variables $memc_cmd, $memc_key, $memc_value, $memc_flags and
// $memc_exptime say what; without $memc_cmd the method of the request does.
package memc
