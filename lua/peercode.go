package lua

import (
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// peerCode is httpd.PeerCode: proxy_ssl_certificate_by_lua* and
// proxy_ssl_verify_by_lua*.
type peerCode struct{}

func locConf(l *httpd.Location) *conf { return httpd.LocConf[conf](l, Module) }

// ChoosesFor implements httpd.PeerCode.
func (peerCode) ChoosesFor(l *httpd.Location) string {
	if locConf(l).proxyCert == nil {
		return ""
	}
	return vm.ProxySSLCert.String()
}

// JudgesFor implements httpd.PeerCode.
func (peerCode) JudgesFor(l *httpd.Location) string {
	if locConf(l).proxyVerify == nil {
		return ""
	}
	return vm.ProxySSLVerify.String()
}

// Choose implements httpd.PeerCode (ngx_http_lua_proxy_ssl_cert_handler).
func (peerCode) Choose(r *httpd.Request, t *certs.Conn) error {
	if !runForPeer(r, t, vm.ProxySSLCert, "loading proxy ssl certificate by lua", "cert cb", locConf(r.Loc).proxyCert) {
		return certs.ErrCallback
	}
	return nil
}

// Judge implements httpd.PeerCode (ngx_http_lua_proxy_ssl_verify_handler): the code is
// asked about chains that the configuration trusts, or about all.
func (peerCode) Judge(r *httpd.Request, t *certs.Conn) error {
	cf := locConf(r.Loc)
	if !cf.skipVerify.V {
		r.Debugf("proxy_ssl_verify_by_lua: openssl default verify")
		if !t.Trusted() {
			return certs.ErrPeer
		}
	}
	if !runForPeer(r, t, vm.ProxySSLVerify, "loading proxy ssl verify by lua", "cert verify callback", cf.proxyVerify) {
		return certs.ErrPeer
	}
	return nil
}

// runForPeer tells whether the handshake goes on.
func runForPeer(r *httpd.Request, t *certs.Conn, p vm.Phase, doing, name string, ch *vm.Chunk) bool {
	x := of(r, locConf(r.Loc))
	if x == nil {
		return false
	}
	r.Doing(doing)
	res := x.RunForPeer(p, ch, t)
	code := 1
	if res == httpd.Error || res >= 300 {
		code = 0
	}
	what := p.String()
	what = what[:len(what)-1] // without the star
	r.Debugf("%s: handler return value: %d, %s exit code: %d", what, int(res), name, code)
	r.Debugf("%s: %s exit code: %d", what, name, code)
	return code == 1
}
