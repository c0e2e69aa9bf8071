package lvs

import (
	"fmt"
	"net/netip"
	"strings"

	"moongate/keepalived/config"
)

// Name is what a virtual server is called in lines of the log, in FIFOs and mails:
// "[10.0.0.1]:tcp:80", "FWM 9", "[group]:0".
func Name(v *config.Server) string {
	switch {
	case v.Group != nil:
		return "[" + v.Group.Name + "]:0"
	case v.FwMark != 0:
		return fmt.Sprintf("FWM %d", v.FwMark)
	}
	return place(v.Addr, v.Protocol)
}

// RealName is the same for one of its real servers, or its sorry server.
func RealName(v *config.Server, r *config.RealServer) string {
	if v.FwMark != 0 && v.Protocol == "" {
		return place(r.Addr, "none")
	}
	return place(r.Addr, v.Protocol)
}

func place(a netip.AddrPort, protocol string) string {
	if protocol == "" {
		protocol = "none"
	}
	return fmt.Sprintf("[%s]:%s:%d", a.Addr().Unmap(), strings.ToLower(protocol), a.Port())
}

// identity is by which a virtual server is known again after a reload.
func identity(v *config.Server) string {
	return fmt.Sprintf("%s %s %v", Name(v), v.Protocol, v.V6 && v.FwMark != 0)
}
