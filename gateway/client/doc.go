// Package client asks others over HTTP on behalf of plugins: for the keys of tokens,
// whether a request may pass. It waits through the worker's event loop, so that others are
// served meanwhile.
//
// There is one limit of time for all that a request takes. Connections end with it, or wait
// for another one where the client says so. Redirects are not followed: who answers is who
// was asked.
package client
