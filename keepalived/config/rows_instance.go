package config

import (
	"net/netip"
	"time"
)

// do is a setter that never leaves a block out.
func do(set func(r *reader, w []string)) func(*reader, []string) bool {
	return func(r *reader, w []string) bool {
		set(r, w)
		return false
	}
}

var rootRows = []keyword{
	{name: "global_defs", in: inRoot, who: ByParent, body: inGlobal, doc: "Settings of the daemon, and defaults."},
	{name: "vrrp_instance", in: inRoot, who: ByVRRP, args: "NAME", body: inInstance, set: beginInstance, end: endInstance,
		doc: "A virtual router: addresses that one of several machines has at a time."},
	{name: "vrrp_sync_group", in: inRoot, who: ByVRRP, args: "NAME", body: inGroup, set: beginGroup, doc: "Instances that change their state together."},
	{name: "vrrp_script", in: inRoot, who: ByVRRP, args: "NAME", need: 1, body: inScript, set: do(beginScript), end: endScript,
		doc: "A program that is run again and again; instances follow its result."},
	{name: "vrrp_track_process", in: inRoot, who: ByVRRP, args: "NAME", need: 1, body: inProcess, set: do(beginProcess), end: endProcess,
		doc: "Processes that must run; instances follow whether they do."},
	{name: "track_file", old: []string{"vrrp_track_file"}, in: inRoot, who: ByVRRP | ByChecker, args: "NAME", need: 1, body: inFile, set: do(beginFile), end: endFile,
		doc: "A file with a number in it; instances and checkers follow it."},
	{name: "track_gateway", in: inRoot, who: ByVRRP, ours: true, args: "NAME", need: 1, body: inGateway, set: do(beginGateway), end: endGateway,
		doc: "The web server of the same program, as a thing to follow."},
	{name: "bfd_instance", in: inRoot, who: ByVRRP | ByChecker | ByBFD, args: "NAME", need: 1, body: inBFD, set: beginBFD, end: endBFD,
		doc: "A session of bidirectional forwarding detection (RFC 5880)."},
	{name: "garp_group", in: inRoot, who: ByVRRP, body: inGARPGroup, set: do(beginGARP), end: endGARP, doc: "Interfaces that share a gap between gratuitous ARPs."},
	{name: "track_group", in: inRoot, who: ByVRRP, args: "NAME", body: inTrackGroup, set: beginTrackGroup, doc: "Instances that a static address, route or rule may name together."},
	{name: "static_ipaddress", in: inRoot, who: ByVRRP, body: lines, args: addressWords + " [track_group NAME]", set: do(staticAddresses), doc: "Addresses that stay as long as the daemon."},
	{name: "static_routes", in: inRoot, who: ByVRRP, body: lines, args: "lines of ip route", set: do(staticRoutes), doc: "Routes that stay as long as the daemon, in the words of `ip route`."},
	{name: "static_rules", in: inRoot, who: ByVRRP, body: lines, args: "lines of ip rule", set: do(staticRules), doc: "Rules that stay as long as the daemon, in the words of `ip rule`."},
	{name: "linkbeat_interfaces", in: inRoot, who: ByVRRP, body: lines, args: "lines of IF [MII | ETHTOOL | IOCTL]", set: do(linkbeat), doc: "Interfaces whose link is polled."},
	{name: "interface_up_down_delays", in: inRoot, who: ByVRRP, body: lines, args: "lines of IF DOWN [UP]", set: do(upDown), doc: "How long an interface must be down, or up, before that counts."},
	{name: "virtual_server_group", in: inRoot, who: ByChecker, args: "NAME", need: 1, body: lines, set: do(serverGroup), doc: "Addresses, ranges and marks that a virtual server may have; lines of IP [PORT], IP-IP [PORT], IP/LEN [PORT], fwmark N [inet | inet6]."},
	{name: "virtual_server", in: inRoot, who: ByChecker, args: "IP [PORT] | fwmark N | group NAME", need: 1, body: inServer, set: beginServer, end: endServer,
		doc: "An address whose connections are spread over real servers."},
	{name: "SSL", in: inRoot, who: ByChecker, body: inSSL, doc: "What SSL_GET shows a server."},

	{name: "net_namespace", in: inRoot, who: ByParent, args: "NAME", set: do(netNamespace), doc: "The network namespace of the daemon."},
	{name: "net_namespace_ipvs", in: inRoot, who: ByParent, args: "NAME", set: do(netNamespaceIPVS), doc: "The network namespace of the virtual servers."},
	{name: "namespace_with_ipsets", in: inRoot, who: ByParent, idle: true, doc: "ipsets in namespaces of old kernels."},
	{name: "instance", in: inRoot, who: ByParent, args: "NAME", set: do(instanceName), doc: "A name for this daemon, when several run: it becomes part of file names."},
	{name: "use_pid_dir", in: inRoot, who: ByParent, set: do(func(r *reader, w []string) { r.config.Global.UsePIDDir = true }), doc: "PID files lie in /run/keepalived."},
	{name: "linkbeat_use_polling", in: inRoot, who: ByParent, set: do(func(r *reader, w []string) { r.config.Global.LinkbeatPolling = true }), doc: "Poll the link of every interface."},
	{name: "child_wait_time", in: inRoot, who: ByParent, args: "SECONDS", need: 1, def: "5", set: do(childWait), doc: "How long the children may take to end."},
}

var instanceRows = []keyword{
	{name: "state", in: inInstance, need: 1, args: "MASTER | BACKUP", def: "BACKUP", set: do(func(r *reader, w []string) {
		r.vi.stateWord = true
		switch {
		case w[1] == "MASTER":
			r.vi.Master = true
		case w[1] != "BACKUP":
			r.err("(%s) unknown state '%s', defaulting to BACKUP", r.vi.Name, w[1])
		case r.vi.Master:
			r.err("(%s) state previously set as MASTER - ignoring BACKUP", r.vi.Name)
		}
	}), doc: "A hint only: every instance begins as backup, unless its priority is 255."},
	{name: "interface", in: inInstance, need: 1, args: "IF", set: do(func(r *reader, w []string) {
		i, found := r.host.Interface(w[1])
		switch {
		case len(w[1]) > maxIfName:
			r.err("Interface name '%s' too long - ignoring", w[1])
			return
		case !found:
			r.absent(w[1], "WARNING - interface %s for vrrp_instance %s doesn't exist", w[1], r.vi.Name)
		case i.Loopback:
			r.err("(%s) cannot use a loopback interface (%s) for vrrp - ignoring", r.vi.Name, w[1])
			r.vi.Interface, r.vi.link = "", Interface{}
			return
		}
		r.vi.Interface, r.vi.link = w[1], i
	}), doc: "Where adverts are sent and, without a dev of their own, addresses go."},
	{name: "virtual_router_id", in: inInstance, need: 1, args: "1..255", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, 255, hard); ok {
			r.vi.VRID = uint8(n)
		} else {
			r.err("(%s): VRID '%s' not valid - must be between 1 & 255", r.vi.Name, w[1])
		}
	}), doc: "The number that the machines of a virtual router know it by."},
	{name: "priority", in: inInstance, need: 1, args: "1..255", def: "100; 255 with state MASTER", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 1, 255, hard)
		if !ok {
			r.err("(%s) Priority not valid! must be between 1 & %d. Using default %d", r.vi.Name, 255, 100)
			n = 100
		}
		r.vi.Priority = uint8(n)
	}), doc: "The highest becomes master. 255 owns the addresses, and never changes."},
	{name: "advert_int", in: inInstance, need: 1, args: "SECONDS", def: "1", set: do(func(r *reader, w []string) {
		if d, ok := r.seconds(w[1], 10*time.Millisecond, 255*time.Second, firm); ok {
			r.vi.Interval = d
		} else {
			r.err("(%s) Advert interval (%s) not valid! Must be > 0 - ignoring", r.vi.Name, w[1])
		}
	}), doc: "Time between adverts: whole seconds in version 2, 0.01 to 40.95 in version 3."},
	{name: "version", in: inInstance, need: 1, args: "2 | 3", def: "vrrp_version", set: do(func(r *reader, w []string) {
		n, ok := r.int(w[1], 2, 3, soft)
		switch {
		case !ok:
			r.err("(%s): Version must be either 2 or 3", r.vi.Name)
		case r.vi.Version != 0 && r.vi.Version != n || r.vi.V6 && r.vi.Version == 0 && n == 2:
			r.err("(%s) vrrp_version %d conflicts with configured or deduced version %d; ignoring.", r.vi.Name, n, r.vi.Version)
		default:
			r.vi.Version = n
		}
	}), doc: "The version of VRRP. IPv6 needs 3."},
	{name: "virtual_ipaddress", in: inInstance, body: lines, args: addressWords, set: do(func(r *reader, w []string) {
		r.lines(func(w []string) { r.vip(w) })
	}), doc: "The addresses that the master has, all of one family."},
	{name: "virtual_ipaddress_excluded", in: inInstance, body: lines, args: addressWords, set: do(func(r *reader, w []string) {
		r.lines(func(w []string) {
			if a, ok := r.address(w, 0); ok {
				r.vi.Excluded = append(r.vi.Excluded, a)
			}
		})
	}), doc: "Addresses that the master has and does not advertise, of either family."},
	{name: "no_virtual_ipaddress", in: inInstance, newer: true, set: do(func(r *reader, w []string) { r.vi.NoVIPs = true }), doc: "Nothing is said when there is no address."},
	{name: "virtual_routes", in: inInstance, body: lines, args: "lines of ip route", set: do(func(r *reader, w []string) {
		r.lines(func(w []string) {
			if x, ok := r.route(w, false); ok {
				r.vi.Routes = append(r.vi.Routes, x)
			}
		})
	}), doc: "Routes that the master has."},
	{name: "virtual_rules", in: inInstance, body: lines, args: "lines of ip rule", set: do(func(r *reader, w []string) {
		r.lines(func(w []string) {
			if x, ok := r.rule(w, false); ok {
				r.vi.Rules = append(r.vi.Rules, x)
			}
		})
	}), doc: "Rules that the master has."},
	{name: "nopreempt", in: inInstance, set: do(func(r *reader, w []string) { r.vi.NoPreempt = true }), doc: "Leave the addresses with a living master of lower priority. Needs state BACKUP."},
	{name: "preempt", in: inInstance, set: do(func(r *reader, w []string) { r.vi.NoPreempt = false }), doc: "The opposite of nopreempt, and the default."},
	{name: "preempt_delay", in: inInstance, need: 1, args: "SECONDS", def: "0", set: do(func(r *reader, w []string) {
		d, ok := r.seconds(w[1], 0, 1000*time.Second, soft)
		if !ok {
			r.err("(%s) Preempt_delay not valid! must be between 0-%d", r.vi.Name, 1000)
		} else {
			r.vi.PreemptDelay = d
		}
	}), doc: "How long a master of lower priority is left alone, 0 to 1000 s."},
	{name: "accept", in: inInstance, set: do(func(r *reader, w []string) { r.vi.accept = On }), doc: "Packets to the addresses are taken, also where the priority is not 255."},
	{name: "no_accept", in: inInstance, set: do(func(r *reader, w []string) { r.vi.accept = Off }), doc: "Packets to the addresses are dropped unless the priority is 255."},
	{name: "strict_mode", in: inInstance, args: "[BOOL]", def: "vrrp_strict", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "(%s) invalid strict_mode %s specified", r.vi.Name, word(w, 1)); ok {
			r.vi.strict = tristate(on)
		}
	}), doc: "Follow the RFC to the letter; what does not is set back, or drops the instance."},
	{name: "promote_secondaries", in: inInstance, set: do(func(r *reader, w []string) { r.vi.PromoteSecondaries = true }), doc: "Set the interface's promote_secondaries while master."},
	{name: "dont_track_primary", in: inInstance, set: do(func(r *reader, w []string) { r.vi.DontTrackPrimary = true }), doc: "Take no notice of faults of the instance's own interface."},
	{name: "debug", in: inInstance, need: 1, args: "0..4", idle: true, set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, 4, soft); ok {
			r.vi.Debug = int(n)
		} else {
			r.err("(%s) Debug value '%s' not valid; must be between 0-4", r.vi.Name, w[1])
		}
	}), doc: "A level that keepalived has never used."},
}

const maxIfName = 15

// word is the i-th, or nothing.
func word(w []string, i int) string {
	if i < len(w) {
		return w[i]
	}
	return ""
}

func tristate(on bool) Tristate {
	if on {
		return On
	}
	return Off
}

func addr(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.Zone() == "" && !a.Is4In6()
}
