package httpd

import (
	"net/netip"
	"strconv"
)

// absoluteLocation makes a redirect inside the server absolute, as
// absolute_redirect and its kin ask for.
func (r *Request) absoluteLocation() bool {
	core, loc := r.Loc.core, r.Out.Location
	if loc == "" || loc[0] != '/' || !core.AbsoluteRedirect.V {
		return false
	}
	b := r.Alloc(len("https://:65535") + len(r.Server.Name) + len(r.Host) + 48 + len(loc))[:0]
	local := r.Conn.LocalAddr()
	https := r.Conn.tls != nil
	if https {
		b = append(b, "https://"...)
	} else {
		b = append(b, "http://"...)
	}
	switch {
	case core.ServerNameInRedirect.V:
		b = append(b, r.Server.Name...)
	case r.Host != "":
		b = append(b, r.Host...)
	default:
		b = appendHost(b, local.Addr())
	}
	if port := local.Port(); core.PortInRedirect.V && port != 0 && !(https && port == 443) && !(!https && port == 80) {
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(port), 10)
	}
	r.Out.Location = view(append(b, loc...))
	return true
}

func appendHost(b []byte, a netip.Addr) []byte {
	a = a.Unmap()
	if a.Is6() {
		b = append(b, '[')
		b = a.AppendTo(b)
		return append(b, ']')
	}
	return a.AppendTo(b)
}
