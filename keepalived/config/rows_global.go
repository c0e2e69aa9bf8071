package config

import (
	"math"
	"time"
)

const maxSeconds = math.MaxUint32 / 1000000 // what fits into 32 bits as microseconds

var globalRows = []keyword{
	{name: "router_id", in: inGlobal, args: "STRING", def: "the host's name", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("routerid name missing - ignoring")
			return
		}
		r.config.Global.RouterID = w[1]
	}), doc: "The name in mails."},
	{name: "umask", in: inGlobal, need: 1, args: "NUMBER | BITS", def: "IWGRP | IWOTH", set: do(umask), doc: "Of the files that are made."},
	{name: "random_seed", in: inGlobal, idle: true, need: 1, args: "N", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, hard); ok {
			r.config.Global.RandomSeed = &n
		} else {
			r.err("random_seed %s invalid", w[1])
		}
	}), doc: "Of ${_RANDOM}."},
	{name: "default_interface", in: inGlobal, args: "IF", def: "eth0", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("default_interface requires interface name")
			return
		}
		r.config.Global.DefaultInterface = w[1]
	}), doc: "Where static addresses go."},
	{name: "dynamic_interfaces", in: inGlobal, args: "[allow_if_changes]", set: do(func(r *reader, w []string) {
		g := &r.config.Global
		g.DynamicInterfaces = true
		if len(w) > 1 {
			if g.AllowIfChanges = w[1] == "allow_if_changes"; !g.AllowIfChanges {
				r.err("Unknown dynamic_interfaces option '%s'", w[1])
			}
		}
	}), doc: "Interfaces may be missing, and come later."},
	{name: "lvs_backend", in: inGlobal, ours: true, need: 1, args: "ipvs | ebpf | nftables | proxy", def: "the first that works, in this order", set: do(func(r *reader, w []string) {
		switch w[1] {
		case "ipvs", "ebpf", "nftables", "proxy":
			r.config.Global.Backend = w[1]
		default:
			r.err("Unknown lvs_backend '%s' - ignoring", w[1])
		}
	}), doc: "What carries the connections of virtual servers."},
	{name: "metrics_listen", in: inGlobal, ours: true, need: 1, args: "IP:PORT | unix:PATH", set: do(func(r *reader, w []string) { r.config.Global.Metrics = w[1] }),
		doc: "Where metrics and the state as JSON are served."},
	{name: "include_check", in: inGlobal, args: "[+|-] readable | match | wildcard_match | brace_match", set: do(includeCheck), doc: "What an include must find; it holds to the end of the file."},
}

var mailRows = []keyword{
	{name: "notification_email", in: inGlobal, body: lines, args: "addresses", set: do(func(r *reader, w []string) {
		list := r.words()
		if len(list) == 0 {
			r.err("Warning - empty notification_email block")
		}
		r.config.Global.Mail.To = append(r.config.Global.Mail.To, list...)
	}), doc: "Who gets the mails."},
	{name: "notification_email_from", in: inGlobal, args: "ADDRESS", def: "keepalived@ the host's name", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("emailfrom missing - ignoring")
			return
		}
		r.config.Global.Mail.From = w[1]
	}), doc: "Who sends them."},
	{name: "smtp_server", in: inGlobal, need: 1, args: "HOST [PORT]", def: "port 25", set: do(smtpServer), doc: "The server that takes them. Without one none are sent."},
	{name: "smtp_helo_name", in: inGlobal, args: "NAME", def: "the host's name", set: do(func(r *reader, w []string) {
		if len(w) > 1 {
			r.config.Global.Mail.Helo = w[1]
		}
	}), doc: "The name to greet it with."},
	{name: "smtp_connect_timeout", in: inGlobal, need: 1, args: "SECONDS", def: "30", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, maxSeconds, soft)
		switch {
		case !ok:
			r.err("smtp_connect_timeout '%s' must be in [0, %d] - ignoring", w[1], maxSeconds)
			return
		case n == 0:
			r.err("smtp_conect_timeout must be greater than 0, setting to 1")
			n = 1
		}
		r.config.Global.Mail.Timeout = seconds(n)
	}), doc: "How long it may take."},
	{name: "smtp_alert", in: inGlobal, args: "[BOOL]", def: "off", set: globalAlert("smtp_alert", func(m *Mail) *Tristate { return &m.Alert }), doc: "Default of each smtp_alert."},
	{name: "smtp_alert_vrrp", in: inGlobal, args: "[BOOL]", def: "smtp_alert", set: globalAlert("smtp_alert_vrrp", func(m *Mail) *Tristate { return &m.AlertVRRP }), doc: "Default for instances and groups."},
	{name: "smtp_alert_checker", in: inGlobal, args: "[BOOL]", def: "smtp_alert; on for real servers", set: globalAlert("smtp_alert_checker", func(m *Mail) *Tristate { return &m.AlertChecker }), doc: "Default for virtual and real servers."},
	{name: "no_email_faults", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.Mail.NoFaults = true }), doc: "No mail for FAULT."},
	{name: "no_checker_emails", in: inGlobal, args: "[BOOL]", set: globalFlag("Invalid value '%s' for global no_checker_emails specified", func(g *Global) *bool { return &g.Mail.NoCheckers }),
		doc: "Mail when a real server comes or goes, not for each of its checkers."},
}

var scriptGlobalRows = []keyword{
	{name: "script_user", in: inGlobal, args: "USER [GROUP]", def: "keepalived_script, or else root", set: do(func(r *reader, w []string) {
		var c Command
		switch {
		case len(w) < 2:
			r.err("No script username specified")
		case !r.owner(&c, w[1:]):
			r.err("Error setting global script uid/gid")
		default:
			r.config.Global.ScriptUID, r.config.Global.ScriptGID, r.config.Global.ScriptGroups = c.UID, c.GID, c.Groups
			r.scriptUser = true
		}
	}), doc: "Who runs scripts that name nobody; \":GROUP\" gives them the user's other groups, too."},
	{name: "set_supplementary_groups", in: inGlobal, newer: true, set: do(func(r *reader, w []string) { r.config.Global.SetGroups = true }),
		doc: "All scripts get the other groups of their users, too."},
	{name: "use_symlink_paths", in: inGlobal, newer: true, args: "[BOOL]", def: "off", set: globalFlag("Invalid value '%s' for global use_symlink_paths specified", func(g *Global) *bool { return &g.SymlinkPaths }),
		doc: "Scripts are run by the names they are given, not by those that symbolic links lead to."},
	{name: "enable_script_security", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.ScriptSecurity = true }),
		doc: "Root does not run a script that somebody else can change."},
	{name: "startup_script", in: inGlobal, args: "CMD [USER [GROUP]]", set: runOnce("startup", func(g *Global) *Command { return &g.StartupScript }), doc: "Run before the children are started."},
	{name: "shutdown_script", in: inGlobal, args: "CMD [USER [GROUP]]", set: runOnce("shutdown", func(g *Global) *Command { return &g.ShutdownScript }), doc: "Run when they have ended."},
	{name: "startup_script_timeout", in: inGlobal, args: "1..1000", def: "10", set: runOnceTime("startup", func(g *Global) *time.Duration { return &g.StartupTimeout }), doc: "How long it may take."},
	{name: "shutdown_script_timeout", in: inGlobal, args: "1..1000", def: "10", set: runOnceTime("shutdown", func(g *Global) *time.Duration { return &g.ShutdownTimeout }), doc: "How long it may take."},
	{name: "notify_fifo", in: inGlobal, args: "PATH [USER [GROUP]]", set: fifo("", func(g *Global) *Pipe { return &g.FIFO }), doc: "A FIFO that all changes are written to, in order."},
	{name: "vrrp_notify_fifo", in: inGlobal, args: "PATH [USER [GROUP]]", set: fifo("vrrp_", func(g *Global) *Pipe { return &g.VRRPFIFO }), doc: "The same for VRRP only."},
	{name: "lvs_notify_fifo", in: inGlobal, args: "PATH [USER [GROUP]]", set: fifo("lvs_", func(g *Global) *Pipe { return &g.LVSFIFO }), doc: "The same for virtual servers only."},
	{name: "notify_fifo_script", in: inGlobal, args: "CMD [USER [GROUP]]", set: fifoScript("", func(g *Global) *Pipe { return &g.FIFO }), doc: "The program that reads it; the path is its last argument."},
	{name: "vrrp_notify_fifo_script", in: inGlobal, args: "CMD [USER [GROUP]]", set: fifoScript("vrrp_", func(g *Global) *Pipe { return &g.VRRPFIFO }), doc: "The program that reads it."},
	{name: "lvs_notify_fifo_script", in: inGlobal, args: "CMD [USER [GROUP]]", set: fifoScript("lvs_", func(g *Global) *Pipe { return &g.LVSFIFO }), doc: "The program that reads it."},
	{name: "fifo_write_vrrp_states_on_reload", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.FIFOStatesOnReload = true }), doc: "After a reload all states are written again."},
}

// globalFlag is a switch; the text tells of a word that is none.
func globalFlag(text string, field func(*Global) *bool) func(*reader, []string) bool {
	return globalSwitch(text, func(g *Global, on bool) { *field(g) = on })
}

func globalTristate(text string, field func(*Global) *Tristate) func(*reader, []string) bool {
	return globalSwitch(text, func(g *Global, on bool) { *field(g) = tristate(on) })
}

func globalSwitch(text string, set func(*Global, bool)) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		on, ok := true, true
		if len(w) > 1 {
			on, ok = truth(w[1])
		}
		if !ok {
			r.err("%s", sprintAll(text, w[1]))
			return
		}
		set(&r.config.Global, on)
	})
}

func globalAlert(name string, field func(*Mail) *Tristate) func(*reader, []string) bool {
	return globalTristate("Invalid value '%s' for global "+name+" specified", func(g *Global) *Tristate { return field(&g.Mail) })
}

func runOnce(name string, field func(*Global) *Command) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		at := field(&r.config.Global)
		switch {
		case len(w) < 2:
			r.err("%s script missing", name)
			return
		case at.Set():
			r.err("%s script already specified", name)
			return
		}
		var c Command
		w, ok := r.quoted()
		var args []string
		if ok && len(w) > 1 {
			args, ok = r.command(w[1])
		}
		if !ok || len(args) == 0 || !r.owner(&c, w[2:]) {
			r.err("Invalid %s script", name)
			return
		}
		c.Args, c.Pos = args, r.pos
		*at = c
	})
}

func runOnceTime(name string, field func(*Global) *time.Duration) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("%s_script_timeout requires value", name)
			return
		}
		n, ok := r.uint(w[1], 1, 1000, soft)
		if !ok {
			r.err("%s_script_timeout '%s' must be in [1, 1000] - ignoring", name, w[1])
			return
		}
		*field(&r.config.Global) = seconds(n)
	})
}

func fifo(prefix string, field func(*Global) *Pipe) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		at := field(&r.config.Global)
		switch {
		case len(w) < 2:
			r.err("No %snotify_fifo name specified", prefix)
			return
		case at.Path != "":
			r.err("%snotify_fifo already specified - ignoring %s", prefix, w[1])
			return
		}
		var c Command
		if len(w) > 2 && !r.owner(&c, w[2:]) {
			r.log("Invalid user/group for %s fifo %s - ignoring", prefix, w[1])
			return
		}
		at.Path, at.UID, at.GID = w[1], c.UID, c.GID
	})
}

func fifoScript(prefix string, field func(*Global) *Pipe) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		at := field(&r.config.Global)
		switch {
		case len(w) < 2:
			r.err("No %snotify_fifo_script specified", prefix)
			return
		case at.Reader.Set():
			r.err("%snotify_fifo_script already specified - ignoring %s", prefix, w[1])
			return
		}
		at.Reader, _ = r.notify("notify_fifo")
	})
}
