package httpd

import (
	"moongate/core/config/directive"
)

// http2Main is http2_recv_buffer_size, which all connections share.
type http2Main struct {
	RecvBuffer directive.Value[int64]
}

// http2Conf is what HTTP/2 keeps at each level; http2_chunk_size alone counts
// in locations.
type http2Conf struct {
	PoolSize    directive.Value[int64]
	Streams     directive.Value[int]
	Preread     directive.Value[int64]
	StreamIndex directive.Value[int]
	ChunkSize   directive.Value[int64]
}

// http2Module is ngx_http_v2_module, but for "http2" itself, which the core's
// rows have.
var http2Module = &Module{
	Name:    "http_v2",
	Doc:     "HTTP/2: limits of connections and streams.",
	NewMain: func() any { return new(http2Main) },
	NewConf: func() any { return new(http2Conf) },
	Directives: []directive.Directive{
		{Name: "http2_recv_buffer_size", Syntax: "size", Since: "1.9.5", In: inHTTP, Args: directive.Take1, Default: "256k", Set: directive.Size(func(c *http2Main) *directive.Value[int64] { return &c.RecvBuffer }).Then(checkRecvBuffer), Doc: "What is read at once."},
		{Name: "http2_pool_size", Syntax: "size", Since: "1.9.5", In: inServer, Args: directive.Take1, Default: "4k", Set: directive.Size(func(c *http2Conf) *directive.Value[int64] { return &c.PoolSize }).Then(checkPool), Doc: "Accepted for nginx's sake."},
		{Name: "http2_max_concurrent_streams", Syntax: "number", Since: "1.9.5", In: inServer, Args: directive.Take1, Default: "128", Set: directive.Int(func(c *http2Conf) *directive.Value[int] { return &c.Streams }), Doc: "How many requests one connection may have at a time."},
		{Name: "http2_body_preread_size", Syntax: "size", Since: "1.11.0", In: inServer, Args: directive.Take1, Default: "64k", Set: directive.Size(func(c *http2Conf) *directive.Value[int64] { return &c.Preread }).Then(checkPreread), Doc: "How much of a body may come before somebody wants it."},
		{Name: "http2_streams_index_size", Syntax: "number", Since: "1.9.5", In: inServer, Args: directive.Take1, Default: "32", Set: directive.Int(func(c *http2Conf) *directive.Value[int] { return &c.StreamIndex }).Then(checkIndex), Doc: "Accepted for nginx's sake."},
		{Name: "http2_chunk_size", Syntax: "size", Since: "1.9.5", In: inAll, Args: directive.Take1, Default: "8k", Set: directive.Size(func(c *http2Conf) *directive.Value[int64] { return &c.ChunkSize }).Then(checkChunk), Doc: "The most that one DATA frame carries."},
		http2Obsolete("http2_max_requests", inServer, "keepalive_requests"),
		http2Obsolete("http2_max_field_size", inServer, "large_client_header_buffers"),
		http2Obsolete("http2_max_header_size", inServer, "large_client_header_buffers"),
		http2Obsolete("http2_recv_timeout", inServer, "client_header_timeout"),
		http2Obsolete("http2_idle_timeout", inServer, "keepalive_timeout"),
		http2Obsolete("http2_max_concurrent_pushes", inServer, ""),
		http2Obsolete("http2_push", inAll, ""),
		http2Obsolete("http2_push_preload", inAll, ""),
	},
	Variables: []Variable{{Name: "http2", Get: varHTTP2, Doc: "\"h2\" over TLS, \"h2c\" over plain TCP, else empty."}},
}

// http2Obsolete is a directive that nginx has given up (ngx_http_v2_obsolete).
func http2Obsolete(name string, in directive.Context, instead string) row {
	args := directive.Take1
	if name == "http2_push_preload" {
		args = directive.FlagArg
	}
	return row{Name: name, In: in, Args: args, Doc: "Obsolete.", Set: directive.Func(func(c *directive.Call, _ *http2Conf) error {
		if instead == "" {
			c.Warn("the \"%s\" directive is obsolete, ignored", name)
		} else {
			c.Warn("the \"%s\" directive is obsolete, use the \"%s\" directive instead", name, instead)
		}
		return nil
	})}
}

func checkRecvBuffer(_ *directive.Call, c *http2Main) error {
	if c.RecvBuffer.V <= 16 {
		return directive.Reason("value is too small")
	}
	return nil
}

func checkPool(_ *directive.Call, c *http2Conf) error { return checkPoolSize(c.PoolSize.V) }

// checkPoolSize is ngx_http_core_pool_size.
func checkPoolSize(size int64) error {
	switch {
	case size < 112:
		return directive.Errorf("the pool size must be no less than 112")
	case size%16 != 0:
		return directive.Errorf("the pool size must be a multiple of 16")
	}
	return nil
}

func checkPreread(_ *directive.Call, c *http2Conf) error {
	if c.Preread.V > http2MaxWindow {
		return directive.Errorf("the maximum body preread buffer size is %d", http2MaxWindow)
	}
	return nil
}

func checkIndex(_ *directive.Call, c *http2Conf) error {
	if n := c.StreamIndex.V; n == 0 || n&(n-1) != 0 {
		return directive.Reason("must be a power of two")
	}
	return nil
}

func checkChunk(_ *directive.Call, c *http2Conf) error {
	if c.ChunkSize.V == 0 {
		return directive.Errorf("the http2 chunk size cannot be zero")
	}
	c.ChunkSize.V = min(c.ChunkSize.V, http2MaxFrameSize)
	return nil
}

// varHTTP2 is $http2.
func varHTTP2(r *Request) (string, bool) {
	if _, ok := r.stream.(*http2stream); !ok {
		return "", true
	}
	if r.Conn.tls != nil {
		return "h2", true
	}
	return "h2c", true
}

// http2 is the server's settings for HTTP/2.
func (s *Server) http2() *http2Conf { return LocConf[http2Conf](s.ground, http2Module) }
