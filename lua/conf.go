package lua

import (
	"time"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
	"moongate/lua/vm"
)

// conf is what each level of http{} says.
type conf struct {
	serverRewrite, rewrite, access, precontent, content *vm.Chunk
	headerFilter, bodyFilter, log                       *vm.Chunk
	sslHello, sslCert, proxyCert, proxyVerify           *vm.Chunk

	codeCache        directive.Value[bool]
	needBody         directive.Value[bool]
	transform        directive.Value[bool]
	logSocketErrors  directive.Value[bool]
	http10Buffering  directive.Value[bool]
	checkClientAbort directive.Value[bool]
	useDefaultType   directive.Value[bool]
	skipVerify       directive.Value[bool]

	keepaliveTimeout directive.Value[time.Duration]
	connectTimeout   directive.Value[time.Duration]
	sendTimeout      directive.Value[time.Duration]
	readTimeout      directive.Value[time.Duration]
	sendLowat        directive.Value[int64]
	bufferSize       directive.Value[int64]
	poolSize         directive.Value[int]

	tls tlsConf

	vm vm.Conf // the same as the code sees it
}

// tlsConf is lua_ssl_*: how cosockets speak TLS.
type tlsConf struct {
	protocols directive.Value[[]string]
	ciphers   directive.Value[string]
	depth     directive.Value[int]
	trusted   directive.Value[string]
	crl       directive.Value[string]
	certs     directive.Value[[]string]
	keys      directive.Value[[]string]
	commands  directive.Value[[]directive.KeyVal]
	keyLog    directive.Value[string]
}

// mainConf is what http{} has once.
type mainConf struct {
	path, cpath directive.Value[string]

	init, initWorker, exitWorker *vm.Chunk

	balancers []*balancer
	kept      map[*upstream.Group]int // balancer_keepalive

	maxRunning, maxPending directive.Value[int]
	regexCache, regexLimit directive.Value[int]
	threadCache            directive.Value[int]
	mallocTrim             directive.Value[int]
	lines                  *errlog.Ring // of lua_capture_error_log
	loadCore               directive.Value[bool]
	saRestart              directive.Value[bool]
	rewriteNow, accessNow  directive.Value[bool]
	precontentNow          directive.Value[bool]
	workerThreads          directive.Value[int]

	chunks   int
	programs []*httpd.Program // of other features, that this process runs
	lua      *vm.VM
}

// merge brings down the chunks of phases, which a level may replace but not switch off, and
// makes the settings ready for the code.
func merge(_ *httpd.Builder, parent, child any) error {
	c := child.(*conf)
	if parent != nil {
		p := parent.(*conf)
		inherit(&c.serverRewrite, p.serverRewrite)
		inherit(&c.rewrite, p.rewrite)
		inherit(&c.access, p.access)
		inherit(&c.precontent, p.precontent)
		inherit(&c.content, p.content)
		inherit(&c.headerFilter, p.headerFilter)
		inherit(&c.bodyFilter, p.bodyFilter)
		inherit(&c.log, p.log)
		inherit(&c.sslHello, p.sslHello)
		inherit(&c.sslCert, p.sslCert)
		inherit(&c.proxyCert, p.proxyCert)
		inherit(&c.proxyVerify, p.proxyVerify)
	}
	c.vm = vm.Conf{
		CodeCache: c.codeCache.V, HTTP10Buffering: c.http10Buffering.V, UseDefaultType: c.useDefaultType.V,
		Transform: c.transform.V, CheckClientAbort: c.checkClientAbort.V, NeedRequestBody: c.needBody.V,
		LogSocketErrors: c.logSocketErrors.V,
		Socket: vm.SocketConf{
			KeepAlive: c.keepaliveTimeout.V, Connect: c.connectTimeout.V, Send: c.sendTimeout.V, Read: c.readTimeout.V,
			BufferSize: int(c.bufferSize.V), PoolSize: c.poolSize.V,
		},
		TLS: vm.TLSConf{
			Protocols: c.tls.protocols.V, Ciphers: c.tls.ciphers.V, Depth: c.tls.depth.V, Trusted: c.tls.trusted.V,
			CRL: c.tls.crl.V, Certificates: c.tls.certs.V, Keys: c.tls.keys.V,
		},
	}
	return nil
}

func inherit(child **vm.Chunk, parent *vm.Chunk) {
	if *child == nil {
		*child = parent
	}
}
