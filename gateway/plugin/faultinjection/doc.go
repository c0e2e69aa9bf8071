// Package faultinjection is the plugin fault-injection: some requests wait, and some are
// answered as if the service had failed, so that people see what their clients make of it.
// APISIX has such a plugin; Kong has not.
//
// It stands where the service would be asked: who may not ask, or is answered from the
// cache, is spared.
package faultinjection
