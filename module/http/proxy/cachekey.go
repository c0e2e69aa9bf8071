package proxy

import (
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// AppendKey implements upstreamhttp.Keyed (ngx_http_proxy_create_key): what
// proxy_cache_key says, or the URL that is passed on.
func (x *exchange) AppendKey(u *upstreamhttp.Upstream, b []byte) []byte {
	if v := x.conf.cache.key.V; v != nil {
		return append(b, v.Eval(u.R)...)
	}
	b = append(b, x.target.schema...)
	if x.target.path != "" {
		b = append(append(b, "unix:"...), x.target.path...)
	} else {
		b = append(b, x.target.host...)
	}
	return x.appendURI(u, b)
}

// openCaches makes a worker ready to use the caches.
func openCaches(w *httpd.Worker) error {
	for _, c := range httpd.MainConf[mainConf](w.HTTP, Module).caches {
		if err := c.Open(); err != nil {
			return err
		}
	}
	return nil
}
