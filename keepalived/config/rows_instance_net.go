package config

import (
	"math"
	"net/netip"
)

// instanceNetRows are about the adverts of an instance: where they come from
// and go.
var instanceNetRows = []keyword{
	{name: "unicast_src_ip", in: inInstance, need: 1, args: "IP", def: "the interface's first", set: do(func(r *reader, w []string) {
		r.vi.unicastWord = true
		r.source(w[1])
	}), doc: "The source of adverts to unicast peers."},
	{name: "mcast_src_ip", in: inInstance, need: 1, args: "IP", def: "the interface's first", set: do(func(r *reader, w []string) { r.source(w[1]) }),
		doc: "The source of adverts."},
	{name: "track_src_ip", in: inInstance, set: do(func(r *reader, w []string) { r.vi.TrackSource = true }), doc: "Without that source address the state is FAULT."},
	{name: "mcast_dst_ip", in: inInstance, need: 1, args: "IP", def: "vrrp_mcast_group4, vrrp_mcast_group6", set: do(func(r *reader, w []string) {
		a, ok := addr(w[1])
		switch {
		case !ok:
			r.err("(%s) malformed mcast dest address %s. Skipping...", r.vi.Name, w[1])
		case r.vi.family != 0 && r.vi.family != familyOf(a):
			r.err("(%s) mcast dest address %s MUST match VRRP instance family. Skipping...", r.vi.Name, w[1])
		case !a.IsMulticast():
			r.err("(%s) mcast_dst_ip %s not%s multicast. Skipping...", r.vi.Name, w[1], "")
		case a.Is6() && !a.IsLinkLocalMulticast():
			r.err("(%s) mcast_dst_ip %s not%s multicast. Skipping...", r.vi.Name, w[1], " link-local")
		default:
			r.vi.McastDst = a
			r.vi.setFamily(a)
		}
	}), doc: "The group that adverts go to."},
	{name: "unicast_peer", in: inInstance, body: lines, args: "lines of IP [min_ttl N] [max_ttl N]", set: do(func(r *reader, w []string) {
		r.vi.unicastWord = true
		r.lines(r.peer)
	}), doc: "Machines that adverts go to one by one, instead of a group."},
	{name: "unicast_ttl", in: inInstance, need: 1, args: "0..255", def: "255", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, 255, hard); ok {
			r.vi.UnicastTTL = int(n)
			r.vi.ttlWord = true
		} else {
			r.err("(%s): TTL '%s' not valid - must be between 0 & 255", r.vi.Name, w[1])
		}
	}), doc: "The TTL of adverts to peers."},
	{name: "unicast_fault_no_peer", in: inInstance, set: do(func(r *reader, w []string) { r.vi.UnicastFaultNoPeer = true }),
		doc: "An empty list of peers is a FAULT, and not multicast."},
	{name: "check_unicast_src", in: inInstance, set: do(func(r *reader, w []string) { r.vi.CheckUnicastSrc, r.vi.unicastWord = true, true }), def: "vrrp_check_unicast_src",
		doc: "Take adverts from the peers only."},
	{name: "old_unicast_checksum", in: inInstance, args: "[never]", set: do(func(r *reader, w []string) {
		r.vi.unicastWord = true
		switch word(w, 1) {
		case "":
			r.vi.OldUnicastChecksum = true
		case "never":
			r.vi.NeverOldChecksum = true
		default:
			r.err("(%s) Unknown old_unicast_chksum mode %s - ignoring", r.vi.Name, w[1])
		}
	}), doc: "The checksum of keepalived before 1.3.6, for version 3 and peers: send it; or never take it."},
	{name: "v3_checksum_as_v2", in: inInstance, newer: true, args: "[BOOL]", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "(%s) invalid v3_checksum_as_v2 %s specified", r.vi.Name, word(w, 1)); ok {
			r.vi.ChecksumAsV2 = on
		}
	}), doc: "The checksum of RFC 9568: without a pseudo header for IPv4."},
	{name: "vrf", in: inInstance, need: 1, args: "IF", set: do(vrf), doc: "The VRF of adverts to peers, without an interface."},
	{name: "native_ipv6", in: inInstance, set: do(func(r *reader, w []string) {
		if r.vi.family == v4 {
			r.err("(%s) Cannot specify native_ipv6 with IPv4 addresses", r.vi.Name)
			return
		}
		r.vi.family, r.vi.V6 = v6, true
	}), doc: "IPv6 whatever the addresses are; they say it by themselves."},
	{name: "kernel_rx_buf_size", in: inInstance, need: 1, args: "BYTES", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, hard); ok {
			r.vi.RxBuf = int(n)
		} else {
			r.err("(%s) invalid kernel_rx_buf_size specified", r.vi.Name)
		}
	}), doc: "The receive buffer of the sockets."},
	{name: "linkbeat_use_polling", in: inInstance, set: do(func(r *reader, w []string) {
		r.err("(%s) 'linkbeat_use_polling' in vrrp instance deprecated - use linkbeat_interfaces block", r.vi.Name)
		r.config.Linkbeat = append(r.config.Linkbeat, Linkbeat{Interface: r.vi.Interface})
	}), doc: "Poll the link of the interface. Use linkbeat_interfaces."},
	{name: "lvs_sync_daemon_interface", in: inInstance, need: 1, args: "IF", set: do(func(r *reader, w []string) {
		r.err("(%s) Specifying lvs_sync_daemon_interface against a vrrp is deprecated.", r.vi.Name)
		r.err("      %*sPlease use global lvs_sync_daemon", len(r.vi.Name)-2, "")
		switch {
		case len(w[1]) > maxIfName:
			r.err("Interface name '%s' too long - ignoring", w[1])
		case r.vi.SyncDaemonInterface != "":
			r.err("(%s) lvs_sync_daemon_interface has already been specified as %s - ignoring", r.vi.Name, r.vi.SyncDaemonInterface)
		default:
			r.vi.SyncDaemonInterface = w[1]
		}
	}), doc: "The old form of lvs_sync_daemon."},
	{name: "use_vmac", in: inInstance, args: "[[name] IF] [MAC] [netlink_notify_msg] [group G]", set: do(useVMAC), doc: "Addresses and adverts get the virtual MAC address of the RFC, on an interface made for it."},
	{name: "vmac_xmit_base", in: inInstance, set: do(func(r *reader, w []string) { r.vi.VMAC.XmitBase = true }), doc: "Adverts go through the interface beneath."},
	{name: "use_vmac_addr", in: inInstance, set: do(func(r *reader, w []string) { r.vi.VMAC.UseAddr = true }), doc: "Addresses on other interfaces get one of their own, too."},
	{name: "use_ipvlan", in: inInstance, args: "[IF] [IP] [bridge|private|vepa]", set: do(useIPVLAN), doc: "An ipvlan in the place of a macvlan."},
}

type family uint8

const (
	v4 family = 4
	v6 family = 6
)

func familyOf(a netip.Addr) family {
	if a.Is4() {
		return v4
	}
	return v6
}

// source is the address that adverts come from.
func (r *reader) source(text string) {
	a, ok := addr(text)
	switch {
	case !ok:
		r.err("Configuration error: VRRP instance[%s] malformed src address[%s]. Skipping...", r.vi.Name, text)
	case r.vi.family != 0 && r.vi.family != familyOf(a):
		r.err("Configuration error: VRRP instance[%s] and src address[%s] MUST be of the same family !!! Skipping...", r.vi.Name, text)
	default:
		r.vi.Source = a
		r.vi.setFamily(a)
	}
}

// peer is a line of unicast_peer.
func (r *reader) peer(w []string) {
	a, ok := addr(w[0])
	switch {
	case !ok:
		r.err("Configuration error: VRRP instance[%s] malformed unicast peer address[%s]. Skipping...", r.vi.Name, w[0])
		return
	case r.vi.family != 0 && r.vi.family != familyOf(a):
		r.err("Configuration error: VRRP instance[%s] and unicast peer address[%s] MUST be of the same family !!! Skipping...", r.vi.Name, w[0])
		return
	}
	p := Peer{Addr: a, MaxTTL: 255}
	for i := 1; i < len(w); i += 2 {
		if i+1 == len(w) {
			r.err("(%s) %s is missing a value", r.vi.Name, w[i])
			break
		}
		to := &p.MinTTL
		switch w[i] {
		case "min_ttl":
		case "max_ttl":
			to = &p.MaxTTL
		default:
			r.err("(%s) unknown unicast_peer option %s", r.vi.Name, w[i])
			continue
		}
		if n, ok := r.uint(w[i+1], 0, 255, hard); ok {
			*to = int(n)
			r.vi.CheckUnicastSrc = true
		}
	}
	if p.MinTTL > p.MaxTTL {
		r.err("(%s) min_ttl %d > max_ttl %d - all packets will be discarded", r.vi.Name, p.MinTTL, p.MaxTTL)
	}
	r.vi.setFamily(a)
	r.vi.Peers = append(r.vi.Peers, p)
}

func vrf(r *reader, w []string) {
	i, found := r.host.Interface(w[1])
	switch {
	case len(w[1]) > maxIfName:
		r.err("(%s) VRF interface name '%s' too long - ignoring", r.vi.Name, w[1])
	case r.vi.Interface != "":
		r.err("(%s) Cannot specify VRF interface and interface - ignoring", r.vi.Name)
	case r.vi.VRF != "":
		r.err("(%s) VRF interface already specified as '%s' - ignoring", r.vi.Name, r.vi.VRF)
	case !found:
		r.absent(w[1], "(%s) WARNING - VRF interface %s doesn't exist", r.vi.Name, w[1])
		r.vi.VRF = w[1]
	case i.Loopback:
		r.err("(%s) cannot use a loopback interface (%s) for VRF - ignoring", r.vi.Name, w[1])
	default:
		r.vi.VRF = w[1]
	}
}
