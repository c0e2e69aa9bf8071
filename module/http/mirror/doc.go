// Package mirror sends copies of requests to other locations and does not look at
// the answers: nginx's ngx_http_mirror_module.
//
// The engine calls it in the precontent phase where mirror is set. The copies are
// subrequests that run beside the request.
package mirror
