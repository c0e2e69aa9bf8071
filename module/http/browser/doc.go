// Package browser tells modern browsers from ancient ones by the User-Agent
// header: nginx's ngx_http_browser_module. It has variables alone.
package browser
