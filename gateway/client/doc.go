// Package client asks others over HTTP on behalf of plugins: for the keys of tokens,
// whether a request may pass. It waits through the worker's event loop, so that others are
// served meanwhile.
//
// A request has a connection of its own, which ends with it, and one limit of time for all
// that it takes. Redirects are not followed: who answers is who was asked.
package client
