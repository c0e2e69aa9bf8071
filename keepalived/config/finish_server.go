package config

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// endpoint is an address of the virtual server that is read, as it is logged.
func (r *reader) endpoint(a netip.AddrPort) string {
	return endpoint(a, r.vs.Protocol)
}

func endpoint(a netip.AddrPort, protocol string) string {
	if protocol == "" {
		protocol = "none"
	}
	return fmt.Sprintf("[%s]:%s:%d", a.Addr(), strings.ToLower(protocol), a.Port())
}

// label is a virtual server in a message.
func (d *serverDraft) label() string {
	switch {
	case d.groupName != "":
		return fmt.Sprintf("[%s]:%d", d.groupName, d.Addr.Port())
	case d.FwMark != 0:
		return fmt.Sprintf("FWM %d", d.FwMark)
	}
	return endpoint(d.Addr, d.Protocol)
}

// finishServers is what the checker process does when all is read.
func (r *reader) finishServers() {
	for _, d := range r.vses {
		if r.finishServer(d) {
			r.config.Servers = append(r.config.Servers, d.Server)
		}
	}
	g := &r.config.Global
	if len(r.config.Servers) > 0 {
		r.finishPipes(&g.FIFO, &g.LVSFIFO)
	}
	for _, s := range r.config.Servers {
		r.finishServerScripts(s)
	}
	if r.scripts && !g.ScriptSecurity {
		r.security("SECURITY VIOLATION - check scripts are being executed but script_security not enabled.%s", "")
	}
}

func (r *reader) finishServer(d *serverDraft) bool {
	if len(d.reals) == 0 {
		r.err("Virtual server %s has no real servers - ignoring", d.label())
		return false
	}
	if d.groupName != "" && d.Group == nil {
		if d.Group = named[ServerGroup](r.found, "server group", d.groupName); d.Group == nil {
			r.log("Virtual server group %s specified but not configured - ignoring virtual server %s", d.groupName, d.label())
			return false
		}
	}
	marks := d.FwMark != 0 || d.Group != nil && allMarks(d.Group)
	if d.FwMark != 0 && d.HASuspend {
		r.err("Virtual server %s: cannot use ha_suspend with fwmarks - clearing ha_suspend", d.label())
		d.HASuspend = false
	}
	switch {
	case marks:
		if d.Protocol != "" {
			r.err("Warning: Virtual server %s: protocol specified for fwmark - protocol will be ignored", d.label())
			d.Protocol = ""
		}
	case d.Protocol == "":
		r.err("Virtual server %s: no protocol set - defaulting to UDP", d.label())
		d.Protocol = "UDP"
	}
	if d.flag("ops") && d.Protocol != "UDP" && !marks {
		r.err("Virtual server %s: one packet scheduling requires UDP - resetting", d.label())
		d.dropFlag("ops")
	}
	if d.Persistence == 0 && !marks && d.zeroPort() {
		r.err("Virtual server %s: zero port only valid for persistent services - setting", d.label())
		d.Persistence = 360 * time.Second
	}
	if d.Scheduler == "" {
		r.err("Virtual server %s: no scheduler set, setting default '%s'", d.label(), "wlc")
		d.Scheduler = "wlc"
	}
	r.uniqueServers(d)
	r.forwarding(d)
	r.ports(d, marks)
	r.sorryToo(d)
	r.quorum(d)
	r.inherit(d)
	return true
}

func (d *serverDraft) flag(name string) bool {
	for _, f := range d.Flags {
		if f == name {
			return true
		}
	}
	return false
}

func (d *serverDraft) dropFlag(name string) {
	keep := d.Flags[:0]
	for _, f := range d.Flags {
		if f != name {
			keep = append(keep, f)
		}
	}
	d.Flags = keep
}

func allMarks(g *ServerGroup) bool {
	for _, e := range g.Entries {
		if e.FwMark == 0 {
			return false
		}
	}
	return true
}

// zeroPort tells whether an address of the service has no port.
func (d *serverDraft) zeroPort() bool {
	if d.Group == nil {
		return d.Addr.Port() == 0
	}
	for _, e := range d.Group.Entries {
		if e.FwMark == 0 && e.Port == 0 {
			return true
		}
	}
	return false
}

func (r *reader) uniqueServers(d *serverDraft) {
	keep := d.reals[:0]
	seen := map[netip.AddrPort]bool{}
	for _, x := range d.reals {
		if seen[x.Addr] {
			r.err("VS %s: real server %s is duplicated - removing second rs", d.label(), endpoint(x.Addr, d.Protocol))
			continue
		}
		seen[x.Addr] = true
		keep = append(keep, x)
	}
	d.reals = keep
}

func (r *reader) forwarding(d *serverDraft) {
	unset := false
	for _, x := range d.reals {
		unset = unset || x.Forward.Method == ""
	}
	if d.sorry != nil {
		unset = unset || d.sorry.Forward.Method == ""
	}
	if d.forward == nil {
		if unset {
			r.err("Virtual server %s: no forwarding method set, setting default NAT", d.label())
		}
		d.forward = &Forward{Method: "NAT"}
	}
	d.Forward = *d.forward
	for _, x := range d.reals {
		if x.Forward.Method == "" {
			x.Forward = d.Forward
		}
	}
	if d.sorry != nil && d.sorry.Forward.Method == "" {
		d.sorry.Forward = d.Forward
	}
}

// ports are those of real servers: without a NAT they can't differ.
func (r *reader) ports(d *serverDraft, marks bool) {
	port := d.Addr.Port()
	fix := func(s *RealServer, what string) {
		if s.Forward.Method == "NAT" {
			if s.Addr.Port() == 0 && port != 0 && !marks {
				s.Addr = netip.AddrPortFrom(s.Addr.Addr(), port)
			}
			return
		}
		switch {
		case marks && s.Addr.Port() != 0:
			if what == "sorry server" {
				r.err("WARNING - virtual server %s, sorry server has port specified - clearing", d.label())
			} else {
				r.err("WARNING - fwmark virtual server %s, %s has port specified - clearing", d.label(), what)
			}
			s.Addr = netip.AddrPortFrom(s.Addr.Addr(), 0)
		case d.Group == nil && s.Addr.Port() != 0 && s.Addr.Port() != port:
			if what == "sorry server" {
				r.err("WARNING - virtual server %s and sorry server ports don't match - resetting", d.label())
			} else {
				r.err("WARNING - virtual server %s and %s ports don't match - resetting", d.label(), what)
			}
			s.Addr = netip.AddrPortFrom(s.Addr.Addr(), port)
		case d.Group == nil && s.Addr.Port() == 0:
			s.Addr = netip.AddrPortFrom(s.Addr.Addr(), port)
		}
	}
	for _, x := range d.reals {
		fix(x.RealServer, "real server "+endpoint(x.Addr, d.Protocol))
	}
	if d.sorry != nil {
		fix(d.sorry, "sorry server")
	}
}

// sorryToo makes a sorry server that is a real server as well be inhibited as
// that is.
func (r *reader) sorryToo(d *serverDraft) {
	if d.sorry == nil {
		return
	}
	for _, x := range d.reals {
		inhibit := x.shared.inhibit.Or(d.shared.inhibit.Or(false))
		if x.Addr != d.sorry.Addr || inhibit == d.sorry.Inhibit {
			continue
		}
		how := "clear"
		if inhibit {
			how = "sett"
		}
		r.err("Virtual server %s: real server %s matches sorry server, but inhibit setting differs, %sing on sorry server", d.label(), endpoint(x.Addr, d.Protocol), how)
		d.sorry.Inhibit = inhibit
	}
}

func (r *reader) quorum(d *serverDraft) {
	weight := 0
	for _, x := range d.reals {
		if !x.weightSet {
			x.Weight = d.weight
		}
		weight += x.Weight
	}
	if d.Quorum > weight {
		r.err("Warning - quorum %d for %s exceeds total weight of real servers %d, reducing quorum to %d", d.Quorum, d.label(), weight, weight)
		d.Quorum = weight
	}
	if d.Hysteresis > 0 && d.Hysteresis >= d.Quorum || d.Quorum == 0 {
		// keepalived's own number is without a sign.
		r.err("Virtual server %s: hysteresis %d >= quorum %d; setting hysteresis to %d", d.label(), d.Hysteresis, d.Quorum, uint32(d.Quorum-1))
		d.Hysteresis = max(d.Quorum-1, 0)
	}
}
