package config

import (
	"math"
	"path/filepath"
	"slices"
)

// snmp is a switch for a part of what is shown by SNMP.
func snmp(on func(*SNMP)) func(*reader, []string) bool {
	return do(func(r *reader, _ []string) { on(&r.config.Global.SNMP) })
}

var otherGlobalRows = slices.Concat([]keyword{
	{name: "enable_snmp_vrrp", in: inGlobal, set: snmp(func(s *SNMP) { s.VRRP = true }), doc: "VRRP is shown by SNMP (KEEPALIVED-MIB)."},
	{name: "enable_snmp_keepalived", in: inGlobal, set: snmp(func(s *SNMP) { s.VRRP = true }), doc: "The old name of enable_snmp_vrrp."},
	{name: "enable_snmp_checker", in: inGlobal, set: snmp(func(s *SNMP) { s.Checker = true }), doc: "Virtual and real servers are shown by SNMP (KEEPALIVED-MIB)."},
	{name: "enable_snmp_rfc", in: inGlobal, set: snmp(func(s *SNMP) { s.RFC2, s.RFC3 = true, true }), doc: "VRRP is shown as RFC 2787 and RFC 6527 have it."},
	{name: "enable_snmp_rfcv2", in: inGlobal, set: snmp(func(s *SNMP) { s.RFC2 = true }), doc: "VRRP version 2 is shown as RFC 2787 has it (VRRP-MIB)."},
	{name: "enable_snmp_rfcv3", in: inGlobal, set: snmp(func(s *SNMP) { s.RFC3 = true }), doc: "VRRP is shown as RFC 6527 has it (VRRPV3-MIB)."},
	{name: "enable_traps", in: inGlobal, set: snmp(func(s *SNMP) { s.Traps = true }), doc: "Traps are sent for what is shown by SNMP."},
	{name: "snmp_socket", in: inGlobal, args: "SOCKET", def: "unix:/var/agentx/master", set: do(func(r *reader, w []string) {
		s := &r.config.Global.SNMP
		switch {
		case len(w) < 2:
			r.err("SNMP error : snmp socket name missing")
		case len(w) > 2:
			r.err("Too many parameters specified for snmp_socket - ignoring")
		case s.Socket != "":
			r.err("SNMP socket already set to %s - ignoring", s.Socket)
		default:
			s.Socket = w[1]
		}
	}), doc: "Where snmpd listens for AgentX: unix:PATH or tcp:HOST:PORT."},
	{name: "enable_dbus", in: inGlobal, idle: true, lacks: "DBus", doc: "DBus is not supported; metrics_listen serves the state as JSON."},
	{name: "dbus_service_name", in: inGlobal, args: "NAME", idle: true, lacks: "DBus", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("dbus_service_name missing - ignoring")
		}
	}), doc: "DBus is not supported; metrics_listen serves the state as JSON."},
	{name: "tmp_config_directory", in: inGlobal, args: "DIR", idle: true, set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("tmp_config_directory missing directory name")
		}
	}), doc: "The children get the text in memory."},
	{name: "config_save_dir", in: inGlobal, need: 1, args: "DIR", set: do(saveDir), doc: "Where the configuration is kept before and after a reload."},
	{name: "reload_check_config", in: inGlobal, args: "[LOG]", set: do(func(r *reader, w []string) {
		r.config.Global.ReloadCheck, r.config.Global.ReloadCheckLog = true, word(w, 1)
	}), doc: "A reload begins only when the new configuration has no error."},
	{name: "reload_time_file", in: inGlobal, args: "FILE", set: do(func(r *reader, w []string) {
		if len(w) != 2 {
			r.err("reload_time_file invalid")
			return
		}
		r.config.Global.ReloadTimeFile = w[1]
	}), doc: "A file with the time of a reload."},
	{name: "reload_repeat", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.ReloadRepeat = true }), doc: "That reload happens every day."},
	{name: "reload_file", in: inGlobal, args: "[FILE]", set: do(func(r *reader, w []string) {
		if r.config.Global.ReloadFile = word(w, 1); len(w) < 2 {
			r.config.Global.ReloadFile = reloadFile
		}
	}), doc: "A file that is there while files are read."},
	{name: "data_use_instance", in: inGlobal, args: "[BOOL]", def: "off", set: globalFlag("Invalid value '%s' for global date_use_instance specified", func(g *Global) *bool { return &g.DataUseInstance }), doc: "The names of dumps have the instance in them."},
	{name: "iproute_etc_dir", in: inGlobal, newer: true, need: 1, args: "DIR", idle: true, doc: "Names of tables and so on are looked up in /etc/iproute2 and /usr/share/iproute2."},
	{name: "iproute_usr_dir", in: inGlobal, newer: true, need: 1, args: "DIR", idle: true, doc: "Names of tables and so on are looked up in /etc/iproute2 and /usr/share/iproute2."},
	{name: "state_dump_file", in: inGlobal, newer: true, need: 1, args: "FILE", def: "/tmp/keepalived.data", set: do(func(r *reader, w []string) { r.config.Global.StateFile = w[1] }), doc: "Where the data is dumped."},
	{name: "stats_dump_file", in: inGlobal, newer: true, need: 1, args: "FILE", def: "/tmp/keepalived.stats", set: do(func(r *reader, w []string) { r.config.Global.StatsFile = w[1] }), doc: "Where the statistics are dumped."},
	{name: "json_dump_file", in: inGlobal, newer: true, need: 1, args: "FILE", def: "/tmp/keepalived.json", set: do(func(r *reader, w []string) { r.config.Global.JSONFile = w[1] }), doc: "Where JSON is dumped."},
	{name: "json_version", in: inGlobal, newer: true, need: 1, args: "1 | 2", def: "1", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, 2, soft); ok {
			r.config.Global.JSONVersion = int(n)
		}
	}), doc: "The form of that."},
},
	buffers("vrrp_netlink_cmd_rcv_bufs"), buffers("vrrp_netlink_monitor_rcv_bufs"), buffers("lvs_netlink_cmd_rcv_bufs"),
	buffers("lvs_netlink_monitor_rcv_bufs"), buffers("process_monitor_rcv_bufs"),
)

// reloadFile is reload_file's file when it names none, in the folder of the pid files.
const reloadFile = "keepalived.reload"

// buffers are sizes of sockets that grow by themselves here.
func buffers(name string) []keyword {
	return []keyword{
		{name: name, in: inGlobal, args: "BYTES", idle: true, set: do(func(r *reader, w []string) {
			if len(w) < 2 {
				r.err("%s size missing", name)
			} else if _, ok := r.uint(w[1], 0, math.MaxUint32, hard); !ok {
				r.err("%s size (%s) invalid", name, w[1])
			}
		}), doc: "Our buffers grow by themselves."},
		{name: name + "_force", in: inGlobal, args: "[BOOL]", idle: true, set: do(func(r *reader, w []string) {
			r.flag(w, "Invalid value '%s' for global %s_force specified", word(w, 1), name)
		}), doc: "Our buffers grow by themselves."},
	}
}

func saveDir(r *reader, w []string) {
	switch f, err := r.host.Stat(w[1]); {
	case err != nil:
		if parent, e := r.host.Stat(filepath.Dir(w[1])); e != nil || parent.Mode&modeKind != modeDir {
			r.err("Unable to create config_save_dir %s (error %d - %s)", w[1], 2, "No such file or directory")
			return
		}
	case f.Mode&modeKind != modeDir:
		r.err("config_save_dir %s exists and is not a directory", w[1])
		return
	}
	r.config.Global.SaveDir = w[1]
}
