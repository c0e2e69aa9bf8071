// Package proxy passes requests to HTTP servers: nginx's ngx_http_proxy_module.
// It says how a request is made of the client's, how a response in HTTP/1 is
// parsed, and how redirects and cookies in it are rewritten; tries, connections and
// buffers are engine/httpd/upstreamhttp's.
//
// What the configuration knows of the request's header is put together once: lines
// whose values are constant are copied in one piece.
//
// Where it differs from nginx: an answer's bytes behind the body of a HEAD request
// cost the connection, which nginx keeps; answers of HTTP/0.9 do not go to the cache.
// HTTP/2 to upstreams is not here.
package proxy
