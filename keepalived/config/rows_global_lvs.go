package config

import (
	"math"
	"time"
)

var lvsGlobalRows = []keyword{
	{name: "lvs_sync_daemon", in: inGlobal, args: "IF [[inst] INSTANCE] [id N] [maxlen N] [port N] [ttl N] [group IP]", def: "id: that of the instance; port 8848; group 224.0.0.81", set: do(syncDaemon), doc: "ip_vs tells the other machine of its connections."},
	{name: "lvs_timeouts", in: inGlobal, args: "[tcp N] [tcpfin N] [udp N]", def: "the kernel's", set: do(lvsTimeouts), doc: "After how many seconds ip_vs forgets a connection."},
	{name: "lvs_flush", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.Flush = true }), doc: "What ip_vs has is cleared at start."},
	{name: "lvs_flush_on_stop", in: inGlobal, args: "[VS]", set: do(func(r *reader, w []string) {
		switch word(w, 1) {
		case "":
			r.config.Global.FlushOnStop = "all"
		case "VS":
			r.config.Global.FlushOnStop = "VS"
		default:
			r.err("Unknown lvs_flush_on_stop type %s", w[1])
		}
	}), doc: "It is cleared at the end, at once."},
	{name: "checker_log_all_failures", in: inGlobal, args: "[BOOL]", def: "off", set: globalFlag("Invalid value for checker_log_all_failures specified", func(g *Global) *bool { return &g.LogAllFailures }), doc: "Default of log_all_failures."},
	{name: "rs_init_notifies", in: inGlobal, args: "[BOOL]", def: "off", set: globalFlag("Invalid value '%s' for global rs_init_notifies specified", func(g *Global) *bool { return &g.InitNotifies }), doc: "notify_up and notify_down run at start, too."},
	{name: "nftables_ipvs", in: inGlobal, idle: true, args: "[TABLE]", def: "keepalived_ipvs", set: do(func(r *reader, w []string) {
		if r.config.Global.NFIPVS != "" {
			r.err("ipvs nftables already specified - ignoring")
			return
		}
		if r.config.Global.NFIPVS = word(w, 1); len(w) < 2 {
			r.config.Global.NFIPVS = "keepalived_ipvs"
		}
	}), doc: "One service with a mark of the firewall for a group; ours makes one for each of its addresses, checked once."},
	{name: "nftables_ipvs_priority", in: inGlobal, idle: true, need: 1, args: "N", def: "-1", set: do(func(r *reader, w []string) {
		if n, ok := r.int(w[1], math.MinInt32, math.MaxInt32, hard); ok {
			r.config.Global.NFIPVSPriority = n
		} else {
			r.err("invalid ipvs nftables chain priority '%s'", w[1])
		}
	}), doc: "The priority of its chains."},
	{name: "nftables_ipvs_start_fwmark", in: inGlobal, idle: true, need: 1, args: "N", def: "1000", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, math.MaxUint32, hard); ok {
			r.config.Global.NFIPVSMark = int(n)
		} else {
			r.err("invalid ipvs nftables start_fwmark priority '%s'", w[1])
		}
	}), doc: "The first mark."},
}

func syncDaemon(r *reader, w []string) {
	g := &r.config.Global
	switch {
	case len(w) < 2:
		r.err("lvs_sync_daemon requires interface")
		return
	case g.SyncDaemon != nil:
		r.err("lvs_sync_daemon has already been specified as %s %s - ignoring", g.SyncDaemon.Interface, g.SyncDaemon.Instance)
		return
	case len(w[1]) > maxIfName:
		r.err("lvs_sync_daemon interface name '%s' too long - ignoring", w[1])
		return
	}
	d := &SyncDaemon{Interface: w[1], ID: -1}
	g.SyncDaemon = d
	number := func(i int, name string, lo, hi uint32, at *int) {
		switch {
		case i == len(w) && name == "id":
			r.err("No value specified for lvs_sync_daemon id, defaulting to vrid")
		case i == len(w):
			r.err("No value specified for lvs_sync_daemon %s - ignoring", name)
		default:
			n, ok := r.uint(w[i], lo, hi, hard)
			switch {
			case ok:
				*at = int(n)
			case name == "id":
				r.err("Invalid syncid (%s) - defaulting to vrid", w[i])
			default:
				r.err("Invalid lvs_sync_daemon %s (%s) - ignoring", name, w[i])
			}
		}
	}
	for i := 2; i < len(w); i++ {
		switch name := w[i]; {
		case name == "id":
			i++
			number(i, name, 0, 255, &d.ID)
		case name == "maxlen":
			i++
			number(i, name, 1, 65507, &d.MaxLen)
		case name == "port":
			i++
			number(i, name, 1, 65535, &d.Port)
		case name == "ttl":
			i++
			number(i, name, 1, 255, &d.TTL)
		case name == "group":
			if i++; i == len(w) {
				r.err("No value specified for lvs_sync_daemon group - ignoring")
				break
			}
			a, ok := addr(w[i])
			switch {
			case !ok:
				r.err("Invalid lvs_sync_daemon group (%s) - ignoring", w[i])
			case !a.IsMulticast():
				r.err("lvs_sync_daemon group address %s is not multicast - ignoring", w[i])
			default:
				d.Group = a
			}
		case name == "inst":
			if i++; i == len(w) {
				break
			}
			if d.Instance != "" {
				r.err("lvs_sync_daemon vrrp instance has already been specified as %s - ignoring", d.Instance)
				break
			}
			d.Instance = w[i]
		case i == 2:
			// The old form: IF INSTANCE SYNCID.
			d.Instance = name
		case i == 3:
			if n, _, ok := signed(name); ok && n >= 0 {
				r.err("Please use keyword \"id\" before lvs_sync_daemon SYNCID")
			}
			number(i, "id", 0, 255, &d.ID)
		default:
			r.err("Unknown option %s specified for lvs_sync_daemon", name)
		}
	}
}

func lvsTimeouts(r *reader, w []string) {
	g := &r.config.Global
	if len(w) < 3 {
		r.err("lvs_timeouts requires at least one option")
		return
	}
	for i := 1; i < len(w); i++ {
		at := map[string]int{"tcp": 0, "tcpfin": 1, "udp": 2}
		n, ok := at[w[i]]
		if !ok {
			r.err("Unknown option %s specified for lvs_timeouts", w[i])
			continue
		}
		if i+1 == len(w) {
			r.err("No value specified for lvs_timeout %s - ignoring", w[i])
			continue
		}
		i++
		if v, ok := r.uint(w[i], 0, maxTimeout, hard); ok {
			g.Timeouts[n] = time.Duration(v) * time.Second
		} else {
			r.err("Invalid lvs_timeout %s (%s) - ignoring", w[i-1], w[i])
		}
	}
}

const maxTimeout = 31 * 86400
