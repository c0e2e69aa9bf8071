package config

import (
	"net/netip"
)

// finishInstance checks one instance; false: it is dropped.
func (r *reader) finishInstance(d *draft) bool {
	g := &r.config.Global
	if d.VRID == 0 {
		r.err("(%s) the virtual router id must be set", d.Name)
		return false
	}
	if d.Interface == "" && !(len(d.Peers) > 0 && d.Source.IsValid()) {
		r.err("(%s) Unknown interface!", d.Name)
		return false
	}
	d.Strict = d.strict.Or(g.Strict)
	if d.Version == 0 {
		if d.Version = g.Version; d.Version == 0 {
			d.Version = 2
			if d.V6 {
				d.Version = 3
			}
		}
	}
	if d.V6 && d.Version == 2 {
		if d.Strict {
			r.err("(%s) cannot use IPv6 with VRRP version 2; setting version 3", d.Name)
		} else {
			r.log("(%s) cannot use IPv6 with VRRP version 2; setting version 3", d.Name)
		}
		d.Version = 3
	}
	if len(d.Addrs) == 0 && !d.NoVIPs {
		if d.Strict || d.Version == 3 {
			r.err("(%s) No VIP specified; at least one is required", d.Name)
			return false
		}
		r.err("(%s) No VIP specified; at least one is sensible", d.Name)
	}
	if !r.finishPriority(d) || !r.finishAuth(d) || !r.finishUnicast(d) || !r.finishInterface(d) {
		return false
	}
	if d.V6 && len(d.Addrs) > 0 && !d.Addrs[0].Prefix.Addr().IsLinkLocalUnicast() {
		if d.Strict {
			r.err("(%s) the first IPv6 VIP address must be link local", d.Name)
		} else {
			r.log("(%s) the first IPv6 VIP address should be link local", d.Name)
		}
	}
	r.finishCount(d)
	r.finishPreempt(d)
	r.finishDest(d)
	r.finishGARP(d)
	r.finishStrict(d)
	r.finishTimes(d)
	r.finishHeartbeat(d)
	r.finishTieBreak(d)
	r.finishVMAC(d)
	r.finishOwn(d)
	if len(d.Addrs) == 0 && !d.NoVIPs {
		// keepalived looks twice.
		r.err("(%s) No VIP specified; at least one is sensible", d.Name)
	}
	r.finishTracks(d)
	return true
}

func (r *reader) finishPriority(d *draft) bool {
	if d.Priority == 0 {
		d.Priority = 100
		if d.Master {
			d.Priority = 255
		}
	}
	if d.Strict && d.stateWord && d.Master != (d.Priority == 255) {
		r.err("(%s) State MASTER must match being address owner", d.Name)
		d.Master = d.Priority == 255
	}
	if d.Priority == 255 && (!d.Strict || !d.stateWord) {
		d.Master = true
	}
	return true
}

func (r *reader) finishAuth(d *draft) bool {
	switch {
	case d.Auth.Type == NoAuth:
	case d.Strict:
		r.err("(%s) Strict mode does not support authentication. Ignoring.", d.Name)
		d.Auth = Auth{}
	case d.Version == 3:
		r.err("(%s) VRRP version 3 does not support authentication. Ignoring.", d.Name)
		d.Auth = Auth{}
	case d.Auth.Data == [8]byte{}:
		r.err("(%s) Authentication specified but no password given. Ignoring", d.Name)
		d.Auth = Auth{}
	case d.Auth.Type == AH && d.V6:
		r.err("(%s) Cannot use AH authentication with IPv6. ignoring", d.Name)
		d.Auth = Auth{}
	case d.Auth.Type == AH && d.Master && d.Priority != 255:
		r.err("(%s) Initial state master is incompatible with AH authentication - clearing", d.Name)
		d.Master = false
	}
	r.finishHMAC(d)
	return true
}

func (r *reader) finishUnicast(d *draft) bool {
	if d.Strict && len(d.Peers) > 0 {
		r.log("(%s) Unicast peers are not supported in strict mode", d.Name)
		return false
	}
	if d.unicastWord && len(d.Peers) == 0 {
		if d.UnicastFaultNoPeer {
			r.log("(%s) Cannot use unicast without any peers - going to fault state", d.Name)
		} else {
			r.err("(%s) A unicast keyword has been specified without any unicast peers. Defaulting to multicast. This usage is deprecated - please update your configuration.", d.Name)
		}
	}
	return true
}

// finishDest is where adverts go without peers.
func (r *reader) finishDest(d *draft) {
	if d.Unicast && d.McastDst.IsValid() {
		r.err("(%s) multicast destination specified with unicast - ignoring", d.Name)
		d.McastDst = netip.Addr{}
	}
	if !d.Unicast && !d.McastDst.IsValid() {
		d.McastDst = r.config.Global.Mcast4
		if d.V6 {
			d.McastDst = r.config.Global.Mcast6
		}
	}
}

func (r *reader) finishInterface(d *draft) bool {
	switch {
	case d.Interface == "" && d.Source.IsLinkLocalUnicast() && d.V6:
		r.err("(%s) Non link-local address required if interface omitted", d.Name)
		return false
	case d.VRF != "" && d.Interface != "":
		r.err("(%s) vrf can only be specified with%s - clearing", d.Name, "out interface")
		d.VRF = ""
	case d.VRF != "" && !d.Unicast:
		r.err("(%s) vrf can only be specified with%s - clearing", d.Name, " unicast peers")
		d.VRF = ""
	}
	if d.Interface != "" && d.link.Index != 0 {
		if d.VMAC.Use && !d.link.Ethernet && !d.VMAC.IPVLAN {
			r.err("(%s): vmacs are only supported on Ethernet type interfaces", d.Name)
			d.VMAC.Use = false
		}
		if !d.Unicast && !d.link.Multicast {
			r.err("(%s) interface %s does not support multicast, specify unicast peers - disabling", d.Name, d.Interface)
			return false
		}
		if d.link.NoARP && !d.V6 {
			r.log("(%s) disabling ARP since interface does not support it", d.Name)
		}
	}
	return true
}

// finishCount takes the addresses out that an advert has no room for.
func (r *reader) finishCount(d *draft) {
	mtu := d.link.MTU
	if mtu == 0 {
		mtu = 1500
	}
	// As keepalived counts: a header of VRRP and 16 bytes to spare.
	most := mtu - 20 - 8 - 16
	if d.HMAC != nil {
		most -= hmacTrailer
	}
	if d.V6 {
		most = (most - 20) / 16
	} else {
		if d.Version == 2 {
			most -= 8
		}
		if d.Auth.Type == AH {
			most -= 24
		}
		most /= 4
	}
	most = min(max(most, 0), 255)
	if len(d.Addrs) > most {
		r.err("(%s) Number of VIPs (%d) exceeds maximum/space available in packet (max %d addresses) - excess moved to eVIPs", d.Name, len(d.Addrs), most)
		d.Excluded = append(d.Addrs[most:len(d.Addrs):len(d.Addrs)], d.Excluded...)
		d.Addrs = d.Addrs[:most:most]
	}
}

func (r *reader) finishPreempt(d *draft) {
	if d.NoPreempt && d.Priority == 255 {
		r.err("(%s) nopreempt is incompatible with priority %d. resetting nopreempt", d.Name, 255)
		d.NoPreempt = false
	}
	if d.Master && d.NoPreempt {
		r.err("(%s) Warning - nopreempt will not work with initial state MASTER - clearing", d.Name)
		d.NoPreempt = false
	}
	if d.PreemptDelay != 0 {
		before := d.PreemptDelay
		if d.Strict {
			r.err("(%s) preempt_delay is incompatible with strict mode - resetting", d.Name)
			d.PreemptDelay = 0
		}
		switch {
		case d.NoPreempt:
			r.err("(%s) preempt_delay is incompatible with nopreempt mode - resetting", d.Name)
			d.PreemptDelay = 0
		case d.Master && d.PreemptDelay == before:
			r.err("(%s) Warning - preempt delay will not work with initial state MASTER - clearing", d.Name)
			d.PreemptDelay = 0
		}
	}
	if d.Strict && d.DownTimerAdverts != 3 {
		r.err("(%s) down_timer_adverts is incompatible with strict mode - resetting", d.Name)
		d.DownTimerAdverts = 3
	}
	switch {
	case d.Strict && d.Version == 2 && d.accept == On && d.Priority != 255:
		r.err("(%s) warning - accept mode for VRRP version 2 does not comply with RFC3768 - resetting", d.Name)
		d.Accept = false
	default:
		d.Accept = d.accept.Or(!d.Strict || d.Priority == 255)
	}
}
