package vm

// Phase says where Lua code runs; the numbers are ngx_http_lua_common.h's, which
// resty.core and others know.
type Phase uint32

const (
	Set             Phase = 0x00001
	Rewrite         Phase = 0x00002
	Access          Phase = 0x00004
	Content         Phase = 0x00008
	Log             Phase = 0x00010
	HeaderFilter    Phase = 0x00020
	BodyFilter      Phase = 0x00040
	Timer           Phase = 0x00080
	InitWorker      Phase = 0x00100
	Balancer        Phase = 0x00200
	SSLCert         Phase = 0x00400
	SSLSessionStore Phase = 0x00800
	SSLSessionFetch Phase = 0x01000
	ExitWorker      Phase = 0x02000
	SSLClientHello  Phase = 0x04000
	ServerRewrite   Phase = 0x08000
	ProxySSLVerify  Phase = 0x10000
	Precontent      Phase = 0x20000
	ProxySSLCert    Phase = 0x40000

	// Init is init_by_lua*: there is no request, not even a made-up one.
	Init Phase = 0x80000

	// Yieldable are the phases in which a call may wait.
	Yieldable = Rewrite | ServerRewrite | Access | Precontent | Content | Timer | ProxySSLCert | ProxySSLVerify |
		SSLClientHello | SSLCert | SSLSessionFetch
	// Output are the phases in which a response may be written.
	Output = Rewrite | ServerRewrite | Access | Precontent | Content
	// WithRequest are the phases that belong to a client's request.
	WithRequest = Set | Output | Log | HeaderFilter | BodyFilter | Balancer
	// Anywhere puts no restriction on a function, init_by_lua* included.
	Anywhere = ^Phase(0)
	// NotInit is everywhere but in init_by_lua*.
	NotInit = ^Init
)

var phaseNames = map[Phase][2]string{
	Set: {"set_by_lua*", "set"}, Rewrite: {"rewrite_by_lua*", "rewrite"},
	ServerRewrite: {"server_rewrite_by_lua*", "server_rewrite"}, Access: {"access_by_lua*", "access"},
	Precontent: {"precontent_by_lua*", "precontent"}, Content: {"content_by_lua*", "content"},
	Log: {"log_by_lua*", "log"}, HeaderFilter: {"header_filter_by_lua*", "header_filter"},
	BodyFilter: {"body_filter_by_lua*", "body_filter"}, Timer: {"ngx.timer", "timer"},
	InitWorker: {"init_worker_by_lua*", "init_worker"}, ExitWorker: {"exit_worker_by_lua*", "exit_worker"},
	Balancer: {"balancer_by_lua*", "balancer"}, SSLCert: {"ssl_certificate_by_lua*", "ssl_cert"},
	SSLSessionStore: {"ssl_session_store_by_lua*", "ssl_session_store"},
	SSLSessionFetch: {"ssl_session_fetch_by_lua*", "ssl_session_fetch"},
	SSLClientHello:  {"ssl_client_hello_by_lua*", "ssl_client_hello"},
	ProxySSLVerify:  {"proxy_ssl_verify_by_lua*", "proxy_ssl_verify"},
	ProxySSLCert:    {"proxy_ssl_certificate_by_lua*", "proxy_ssl_cert"},
	Init:            {"init_by_lua*", "init"},
}

// String is the phase as error messages name it.
func (p Phase) String() string {
	if n, ok := phaseNames[p]; ok {
		return n[0]
	}
	return "(unknown)"
}

// Short is what ngx.get_phase answers.
func (p Phase) Short() string { return phaseNames[p][1] }
