package httpd

import (
	"errors"
	"net/netip"
	"os"

	"moongate/core/errlog"
	"moongate/core/version"
	"moongate/edge/sys/event"
	"moongate/edge/sys/socket"
	"moongate/edge/wire/proxyproto"
)

// connVariables are those of the connection, the process and the clock.
func connVariables() []Variable {
	row := func(name string, get func(r *Request) (string, bool)) Variable {
		return Variable{Name: name, Get: get}
	}
	again := func(name string, get func(r *Request) (string, bool)) Variable {
		return Variable{Name: name, Get: get, Volatile: true}
	}
	pid := int64(os.Getpid())
	return []Variable{
		row("binary_remote_addr", varBinaryAddr),
		row("remote_addr", func(r *Request) (string, bool) { return varRemoteAddr(r), true }),
		row("remote_port", func(r *Request) (string, bool) { return r.port(int(r.Conn.remote.Port())) }),
		row("server_addr", func(r *Request) (string, bool) {
			if a := r.Conn.listen.addr; a.IsUnix() {
				return a.String(), true
			}
			return r.addr(r.Conn.LocalAddr()), true
		}),
		row("server_port", func(r *Request) (string, bool) { return r.port(int(r.Conn.LocalAddr().Port())) }),
		row("server_protocol", func(r *Request) (string, bool) { return r.Proto, r.Proto != "" }),
		row("scheme", func(r *Request) (string, bool) {
			if r.Conn.tls != nil {
				return "https", true
			}
			return "http", true
		}),
		row("https", func(r *Request) (string, bool) {
			if r.Conn.tls != nil {
				return "on", true
			}
			return "", true
		}),
		row("request_port", func(r *Request) (string, bool) { return r.port(r.Port) }),
		row("is_request_port", func(r *Request) (string, bool) {
			if r.Port == 0 {
				return "", true
			}
			return ":", true
		}),
		row("connection", func(r *Request) (string, bool) { return r.Int(int64(r.Conn.Number)), true }),
		row("connection_requests", func(r *Request) (string, bool) { return r.Int(int64(r.Conn.requests)), true }),
		again("connection_time", func(r *Request) (string, bool) {
			return r.seconds(event.Now().Sub(r.Conn.started)), true
		}),
		again("tcpinfo_rtt", tcpInfo(func(t *socket.TCPInfo) uint32 { return t.RTT })),
		again("tcpinfo_rttvar", tcpInfo(func(t *socket.TCPInfo) uint32 { return t.RTTVar })),
		again("tcpinfo_snd_cwnd", tcpInfo(func(t *socket.TCPInfo) uint32 { return t.SndCwnd })),
		again("tcpinfo_rcv_space", tcpInfo(func(t *socket.TCPInfo) uint32 { return t.RcvSpace })),

		row("proxy_protocol_addr", proxyAddr(func(p *proxied) netip.AddrPort { return p.src })),
		row("proxy_protocol_port", proxyPort(func(p *proxied) netip.AddrPort { return p.src })),
		row("proxy_protocol_server_addr", proxyAddr(func(p *proxied) netip.AddrPort { return p.dst })),
		row("proxy_protocol_server_port", proxyPort(func(p *proxied) netip.AddrPort { return p.dst })),
		{Name: "proxy_protocol_tlv_", Make: proxyTLV},

		row("nginx_version", func(*Request) (string, bool) { return version.Nginx, true }),
		row("hostname", func(r *Request) (string, bool) { return r.Server.http.hostname(), true }),
		row("pid", func(r *Request) (string, bool) { return r.Int(pid), true }),
		again("msec", func(r *Request) (string, bool) { return r.fixed(event.UnixNano() / 1e6), true }),
		again("time_iso8601", func(r *Request) (string, bool) {
			return view(event.Now().AppendFormat(r.Alloc(25)[:0], "2006-01-02T15:04:05-07:00")), true
		}),
		again("time_local", func(r *Request) (string, bool) { return r.Conn.w.localTime(), true }),
	}
}

// tcpInfo asks the kernel at each use.
func tcpInfo(field func(*socket.TCPInfo) uint32) func(r *Request) (string, bool) {
	return func(r *Request) (string, bool) {
		t, err := socket.GetTCPInfo(r.Conn.ev.FD())
		if err != nil {
			return "", false
		}
		return r.Int(int64(field(&t))), true
	}
}

// proxyAddr and proxyPort are addresses that the PROXY protocol told; none for
// a header of type UNKNOWN.
func proxyAddr(of func(*proxied) netip.AddrPort) func(r *Request) (string, bool) {
	return func(r *Request) (string, bool) {
		p := r.Conn.proxied
		if p == nil || !of(p).IsValid() {
			return "", false
		}
		return r.addr(of(p)), true
	}
}

func proxyPort(of func(*proxied) netip.AddrPort) func(r *Request) (string, bool) {
	return func(r *Request) (string, bool) {
		p := r.Conn.proxied
		if p == nil || !of(p).IsValid() {
			return "", false
		}
		return r.port(int(of(p).Port()))
	}
}

func proxyTLV(name string) func(r *Request) (string, bool) {
	return func(r *Request) (string, bool) {
		p := r.Conn.proxied
		if p == nil {
			return "", false
		}
		v, ok, err := p.tlvs.Get(name)
		switch {
		case errors.Is(err, proxyproto.ErrBroken):
			r.Logf(errlog.Error, "%s", err)
		case err != nil:
			r.Logf(errlog.Error, "%s \"%s\"", err, name)
		}
		return v, ok && err == nil
	}
}
