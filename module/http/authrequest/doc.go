// Package authrequest lets another location decide on a request: nginx's
// ngx_http_auth_request_module.
//
// The engine calls it in the access phase where auth_request is set. It makes a
// subrequest, waits for it like any other call, and goes by its status: 2xx lets
// the request through, 401 and 403 are passed on, anything else is an error.
package authrequest
