package httpd

import (
	"net/netip"

	"moongate/core/errlog"
	"moongate/edge/wire/proxyproto"
)

// proxied is what the PROXY protocol said of a connection.
type proxied struct {
	src, dst netip.AddrPort
	raw      []byte // the header, which tlvs is a view of
	tlvs     proxyproto.TLVs
}

// readProxy reads the PROXY protocol's header in front of everything else
// (ngx_http_wait_request_handler). Like nginx it takes a header that arrives
// in one piece only.
func (c *Conn) readProxy() bool {
	if c.proxied != nil {
		return true
	}
	c.takeIn()
	n, again, err := c.ev.TryRead(c.in[:cap(c.in)])
	switch {
	case again:
		c.releaseIn()
		c.ev.Park(c.w.restOfTimeout(c))
		return false
	case n == 0:
		if err != nil {
			c.logRecv(err, "reading PROXY protocol")
		}
		c.close()
		return false
	}
	c.in = c.in[:n]
	raw := append([]byte(nil), c.in...)
	var h proxyproto.Header
	used, res := proxyproto.Parse(raw, &h)
	if res != proxyproto.OK {
		c.doing = "reading PROXY protocol"
		switch res {
		case proxyproto.UnknownVersion:
			c.log.Log(errlog.Error, nil, "unknown PROXY protocol version: %d", h.Version)
		case proxyproto.TooLarge:
			c.log.Message(errlog.Error, "PROXY protocol header is too large")
		case proxyproto.Short:
		default:
			c.log.Log(errlog.Error, nil, "broken header: \"%s\"", proxyproto.BrokenText(raw))
		}
		c.doing = ""
		c.close()
		return false
	}
	p := &proxied{raw: raw[:used:used], tlvs: h.TLVs}
	if h.Known {
		p.src = netip.AddrPortFrom(h.Source, h.SourcePort)
		p.dst = netip.AddrPortFrom(h.Dest, h.DestPort)
	}
	c.proxied = p
	c.pos = used
	return true
}

// Proxied is the addresses that the PROXY protocol told, ok false without it.
func (c *Conn) Proxied() (src, dst netip.AddrPort, ok bool) {
	if c.proxied == nil {
		return src, dst, false
	}
	return c.proxied.src, c.proxied.dst, c.proxied.src.IsValid()
}
