package config

import (
	"math"
	"net/netip"
	"time"
)

// vrrpGlobalRows are defaults of instances, and what holds for all of them.
var vrrpGlobalRows = []keyword{
	{name: "vrrp_version", in: inGlobal, need: 1, args: "2 | 3", def: "2; 3 for IPv6", set: do(func(r *reader, w []string) {
		if n, ok := r.int(w[1], 2, 3, soft); ok {
			r.config.Global.Version = n
		} else {
			r.err("VRRP Error: Version must be either 2 or 3")
		}
	}), doc: "Default of version."},
	{name: "vrrp_strict", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.Strict = true }), doc: "Default of strict_mode."},
	{name: "vrrp_skip_check_adv_addr", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.SkipCheckAdvAddr = true }), doc: "Default of skip_check_adv_addr."},
	{name: "vrrp_check_unicast_src", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.CheckUnicastSrc = true }), doc: "Default of check_unicast_src."},
	{name: "v3_checksum_as_v2", in: inGlobal, newer: true, args: "[BOOL]", set: globalFlag("Invalid value '%s' for global v3_checksum_as_v2 specified", func(g *Global) *bool { return &g.ChecksumAsV2 }), doc: "Default of v3_checksum_as_v2."},
	{name: "vrrp_owner_ignore_adverts", in: inGlobal, newer: true, args: "[BOOL]", set: globalFlag("Invalid value '%s' for global vrrp_owner_ignore_adverts specified", func(g *Global) *bool { return &g.OwnerIgnoreAdverts }), doc: "Default of owner_ignore_adverts."},
	{name: "vrrp_lower_prio_no_advert", in: inGlobal, args: "[BOOL]", set: globalTristate("Invalid value for vrrp_lower_prio_no_advert specified", func(g *Global) *Tristate { return &g.LowerPrioNoAdvert }), doc: "Default of lower_prio_no_advert."},
	{name: "vrrp_higher_prio_send_advert", in: inGlobal, args: "[BOOL]", set: globalTristate("Invalid value for vrrp_higher_prio_send_advert specified", func(g *Global) *Tristate { return &g.HigherPrioSendAdvert }), doc: "Default of higher_prio_send_advert."},
	{name: "vrrp_down_timer_adverts", in: inGlobal, need: 1, args: "1..100", def: "3", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, 100, soft); ok {
			r.config.Global.DownTimerAdverts = int(n)
		} else {
			r.err("Invalid vrrp_down_timer_adverts [1:100] '%s'", w[1])
		}
	}), doc: "Default of down_timer_adverts."},
	{name: "vrrp_mcast_group4", in: inGlobal, need: 1, args: "IP", def: "224.0.0.18", set: mcastGroup(4, func(g *Global) *netip.Addr { return &g.Mcast4 }), doc: "The group of IPv4 adverts."},
	{name: "vrrp_mcast_group6", in: inGlobal, need: 1, args: "IP", def: "ff02::12", set: mcastGroup(6, func(g *Global) *netip.Addr { return &g.Mcast6 }), doc: "The group of IPv6 adverts."},
	{name: "vrrp_garp_interval", in: inGlobal, need: 1, args: "SECONDS", def: "0", set: globalGap("vrrp_garp_interval", time.Microsecond, func(g *Global) *time.Duration { return &g.GARPInterval }), doc: "Time between two gratuitous ARPs on an interface."},
	{name: "vrrp_gna_interval", in: inGlobal, need: 1, args: "SECONDS", def: "0", set: globalGap("vrrp_gna_interval", time.Microsecond, func(g *Global) *time.Duration { return &g.GNAInterval }), doc: "Time between two neighbour advertisements on an interface."},
	{name: "vrrp_garp_master_delay", in: inGlobal, need: 1, args: "SECONDS", def: "5", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, maxSeconds, soft); ok {
			r.config.Global.GARP.Delay = seconds(n)
		} else {
			r.err("vrrp_garp_master_delay '%s' invalid - ignoring", w[1])
		}
	}), doc: "Default of garp_master_delay."},
	{name: "vrrp_garp_master_repeat", in: inGlobal, need: 1, args: "N", def: "5", set: atLeastOne("vrrp_garp_master_repeat", func(g *Global) *int { return &g.GARP.Repeat }), doc: "Default of garp_master_repeat."},
	{name: "vrrp_garp_master_refresh", in: inGlobal, need: 1, args: "SECONDS", def: "0", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, soft); ok {
			r.config.Global.GARP.Refresh = seconds(n)
		} else {
			r.err("Invalid vrrp_garp_master_refresh '%s' - ignoring", w[1])
		}
	}), doc: "Default of garp_master_refresh."},
	{name: "vrrp_garp_master_refresh_repeat", in: inGlobal, need: 1, args: "N", def: "1", set: atLeastOne("vrrp_garp_master_refresh_repeat", func(g *Global) *int { return &g.GARP.RefreshRepeat }), doc: "Default of garp_master_refresh_repeat."},
	{name: "vrrp_garp_lower_prio_delay", in: inGlobal, need: 1, args: "SECONDS", def: "vrrp_garp_master_delay", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, maxSeconds, soft); ok {
			r.config.Global.lowerDelay = ptr(seconds(n))
		} else {
			r.err("vrrp_garp_lower_prio_delay '%s' invalid - ignoring", w[1])
		}
	}), doc: "Default of garp_lower_prio_delay."},
	{name: "vrrp_garp_lower_prio_repeat", in: inGlobal, need: 1, args: "N", def: "vrrp_garp_master_repeat", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, soft); ok {
			r.config.Global.lowerRepeat = ptr(int(n))
		} else {
			r.err("Invalid vrrp_garp_lower_prio_repeat '%s'", w[1])
		}
	}), doc: "Default of garp_lower_prio_repeat."},
	{name: "vrrp_min_garp", in: inGlobal, args: "[BOOL]", def: "off", set: globalFlag("Invalid value for vrrp_min_garp specified", func(g *Global) *bool { return &g.MinGARP }), doc: "One gratuitous ARP for each address, and no second burst."},
	{name: "vrrp_garp_extra_if", in: inGlobal, args: "[all] SECONDS", def: "0", set: do(func(r *reader, w []string) {
		if d, all, ok := r.extraIf(w, "", 1); ok {
			r.config.Global.GARP.ExtraIf, r.config.Global.GARP.ExtraAll = d, all
		}
	}), doc: "Default of garp_extra_if."},
	{name: "vrrp_startup_delay", in: inGlobal, need: 1, args: "SECONDS", def: "0", set: globalGap("vrrp_startup_delay", time.Millisecond, func(g *Global) *time.Duration { return &g.StartupDelay }), doc: "How long VRRP waits after the start."},
	{name: "vrrp_delay_after_boot", in: inGlobal, newer: true, need: 1, args: "SECONDS", def: "0", set: globalGap("vrrp_delay_after_boot", time.Millisecond, func(g *Global) *time.Duration { return &g.DelayAfterBoot }), doc: "How long it waits after the machine has been started."},
	{name: "vrrp_address_lease", in: inGlobal, ours: true, need: 1, args: "SECONDS", def: "0, for ever", set: do(func(r *reader, w []string) {
		switch n, ok := r.uint(w[1], 0, 3600, soft); {
		case ok && n != 1:
			r.config.Global.AddressLease = seconds(n)
		default:
			r.err("vrrp_address_lease '%s' must be 0 or between 2 and 3600 seconds", w[1])
		}
	}), doc: "How long the addresses of a master stay when its process is gone or hangs and can't renew them."},
	{name: "vrrp_notify_priority_changes", in: inGlobal, args: "[BOOL]", def: "off", set: globalFlag("Invalid value '%s' for global vrrp_notify_priority_changes specified", func(g *Global) *bool { return &g.NotifyPriorityChanges }), doc: "Default of notify_priority_changes."},
	{name: "log_unknown_vrids", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.LogUnknownVRIDs = true }), doc: "Adverts of virtual routers that we do not have are logged."},
	{name: "disable_local_igmp", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.DisableLocalIGMP = true }), doc: "The kernel does not report membership of 224.0.0.0/24."},
	{name: "vmac_prefix", in: inGlobal, need: 1, args: "STRING", def: "vrrp", set: do(func(r *reader, w []string) {
		if r.vmacPrefix {
			r.err("vmac prefix has already been specified - ignoring %s", w[1])
			return
		}
		r.config.Global.VMACPrefix, r.vmacPrefix = w[1], true
	}), doc: "Names of virtual MAC interfaces begin with this."},
	{name: "vmac_addr_prefix", in: inGlobal, need: 1, args: "STRING", def: "vmac_prefix", set: do(func(r *reader, w []string) {
		if r.config.Global.VMACAddrPrefix != "" {
			r.err("vmac_addr prefix has already been specified - ignoring %s", w[1])
			return
		}
		r.config.Global.VMACAddrPrefix = w[1]
	}), doc: "The same for those of single addresses."},
	{name: "vrrp_iptables", in: inGlobal, args: "[CHAIN [CHAIN]]", set: do(func(r *reader, w []string) {
		r.err("iptables not supported, using nftables instead. Please replace 'vrrp_iptables and 'vrrp_ipsets' with 'nftables' config option")
	}), doc: "nftables is used instead."},
	{name: "vrrp_ipsets", in: inGlobal, args: "[NAME ...]", idle: true, doc: "nftables is used instead."},
	{name: "nftables", in: inGlobal, args: "[TABLE]", def: "keepalived", set: do(func(r *reader, w []string) {
		if r.config.Global.NFTable != "" {
			r.err("nftables already specified - ignoring")
			return
		}
		if r.config.Global.NFTable = word(w, 1); len(w) < 2 {
			r.config.Global.NFTable = "keepalived"
		}
	}), doc: "The table for no_accept and for virtual MAC interfaces."},
	{name: "nftables_priority", in: inGlobal, need: 1, args: "N", def: "-1", set: do(func(r *reader, w []string) {
		if n, ok := r.int(w[1], math.MinInt32, math.MaxInt32, hard); ok {
			r.config.Global.NFPriority = n
		} else {
			r.err("invalid nftables chain priority '%s'", w[1])
		}
	}), doc: "The priority of its chains."},
	{name: "nftables_counters", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.NFCounters = true }), doc: "Its rules count."},
	{name: "nftables_ifindex", in: inGlobal, idle: true, doc: "Sets by the number of the interface; ours are by name."},
	{name: "vrrp_rx_bufs_policy", in: inGlobal, args: "MTU | ADVERT | BYTES", set: do(rxPolicy), doc: "The receive buffer of the sockets."},
	{name: "vrrp_rx_bufs_multiplier", in: inGlobal, args: "N", def: "3", set: do(func(r *reader, w []string) {
		if len(w) != 2 {
			r.err("Invalid vrrp_rx_bufs_multiplier")
			return
		}
		if n, ok := r.uint(w[1], 1, math.MaxUint32, hard); ok {
			r.config.Global.RxBufsMultiplier = int(n)
		} else {
			r.err("Invalid vrrp_rx_bufs_multiplier %s", w[1])
		}
	}), doc: "How many packets the policy has room for."},
}

func atLeastOne(name string, field func(*Global) *int) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, math.MaxUint32, soft)
		switch {
		case !ok:
			r.err("%s '%s' invalid - ignoring", name, w[1])
			return
		case n == 0:
			r.err("%s must be greater than 0, setting to 1", name)
			n = 1
		}
		*field(&r.config.Global) = int(n)
	})
}

func globalGap(name string, lo time.Duration, field func(*Global) *time.Duration) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		how := soft
		if lo == time.Millisecond {
			how = firm
		}
		d, ok := r.seconds(w[1], lo, maxMicros, how)
		if !ok {
			r.err("%s '%s' is invalid", name, w[1])
			return
		}
		*field(&r.config.Global) = d
		if d >= time.Second && lo == time.Microsecond || d >= time.Minute {
			r.log("The %s is very large - %s seconds", name, w[1])
		}
	})
}

func mcastGroup(f family, field func(*Global) *netip.Addr) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		a, ok := addr(w[1])
		switch {
		case !ok:
			r.err("Can't parse vrrp_mcast_group%d [%s]. Skipping", f, w[1])
		case familyOf(a) != f:
			r.err("vrrp_mcast_group%d [%s] is not IPv%d. Skipping", f, w[1], f)
		case !a.IsMulticast():
			r.err("vrrp_mcast_group%d [%s] is not multicast. Skipping", f, w[1])
		default:
			if f == v6 && !a.IsLinkLocalMulticast() {
				r.err("vrrp_mcast_group6 [%s] should be link-local multicast.", w[1])
			}
			*field(&r.config.Global) = a
		}
	})
}

func rxPolicy(r *reader, w []string) {
	g := &r.config.Global
	if len(w) < 2 {
		r.err("vrrp_rx_bufs_policy missing")
		return
	}
	for _, word := range w[1:] {
		switch word {
		case "MTU":
			g.RxBufsMTU = true
		case "ADVERT":
			g.RxBufsAdvert = true
		default:
			// keepalived looks at the first word whichever it means.
			if n, ok := r.uint(w[1], 0, math.MaxUint32, hard); ok {
				g.RxBufs = int(n)
			} else {
				r.err("Invalid vrrp_rx_bufs_policy %s", word)
			}
		}
	}
	if g.RxBufs != 0 && (g.RxBufsMTU || g.RxBufsAdvert) {
		r.err("Cannot set vrrp_rx_bufs_policy size and policy, ignoring policy")
		g.RxBufsMTU, g.RxBufsAdvert = false, false
	}
	if g.RxBufsMTU && g.RxBufsAdvert {
		r.err("Cannot set both vrrp_rx_bufs_policy MTU and ADVERT, ignoring ADVERT")
		g.RxBufsAdvert = false
	}
}
