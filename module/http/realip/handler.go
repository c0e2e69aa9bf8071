package realip

import (
	"net/netip"

	"moongate/edge/sys/host"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_realip_handler.
func handle(r *httpd.Request) httpd.Result {
	c := r.Conn
	if _, replaced := c.PeerAddr(); replaced {
		return httpd.Declined
	}
	cf := httpd.Conf[conf](r, Module)
	w := walk{from: cf.from, recursive: cf.recursive.V, addr: c.RemoteAddr()}
	switch cf.header.V.kind {
	case proxyProtocol:
		src, _, ok := c.Proxied()
		if !ok || !cf.from.has(w.addr.Addr()) {
			return httpd.Declined
		}
		w.addr = src
	case forwardedFor:
		if !w.headers(r.In.List, cf.header.V.name) {
			return httpd.Declined
		}
	default:
		v, ok := r.In.Get(cf.header.V.name)
		if !ok || w.value(v) == untrusted {
			return httpd.Declined
		}
	}
	c.ReplaceRemoteAddr(w.addr)
	r.Main.AtEnd(c.RestoreRemoteAddr)
	return httpd.Declined
}

// walk goes from proxy to proxy.
type walk struct {
	from      *trusted
	recursive bool
	addr      netip.AddrPort // so far
}

type outcome uint8

const (
	untrusted outcome = iota // the address stays what it was
	more                     // all of the text is used up, and all in it were trusted
	settled                  // an address was found behind which one can't look
)

// headers is ngx_http_get_forwarded_addr: the last line comes first.
func (w *walk) headers(list []httpd.Header, name string) bool {
	found := false
	for i := len(list) - 1; i >= 0; i-- {
		if !http1.EqualFold(list[i].Name, name) {
			continue
		}
		switch w.value(list[i].Value) {
		case untrusted:
			return found
		case settled:
			return true
		}
		found = true
		if !w.recursive {
			break
		}
	}
	return found
}

// value is ngx_http_get_forwarded_addr_internal: a list of addresses from its end.
func (w *walk) value(v string) outcome {
	found := false
	for {
		if !w.from.has(w.addr.Addr()) {
			break
		}
		for len(v) > 1 && (v[len(v)-1] == ' ' || v[len(v)-1] == ',') {
			v = v[:len(v)-1]
		}
		at := len(v)
		for at > 0 && v[at-1] != ' ' && v[at-1] != ',' {
			at--
		}
		a, ok := host.ParsePort(v[at:])
		if !ok {
			break
		}
		w.addr, found = a, true
		if v = v[:at]; !w.recursive || at == 0 {
			return more
		}
	}
	if found {
		return settled
	}
	return untrusted
}

func varAddr(r *httpd.Request) (string, bool) {
	a, _ := r.Conn.PeerAddr()
	if !a.IsValid() {
		return "unix:", true
	}
	return r.Copy(a.Addr().Unmap().AppendTo(nil)), true
}

func varPort(r *httpd.Request) (string, bool) {
	a, _ := r.Conn.PeerAddr()
	if a.Port() == 0 {
		return "", true
	}
	return r.Int(int64(a.Port())), true
}
