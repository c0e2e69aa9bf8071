package daemon

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"moongate/keepalived/role"
)

// defaultConf is the configuration that is read when none is named.
const defaultConf = "/etc/keepalived/keepalived.conf"

// options are what the command line says. They go to the other processes as they
// are.
type options struct {
	Conf                        string
	Shown                       string // what it was called, if Conf is its full path
	OnlyVRRP, OnlyChecks, NoBFD bool
	All                         bool // start all children
	Foreground                  bool
	Console, NoSyslog           bool
	Facility                    int
	LogFile                     string
	Umask                       int
	NoRespawn                   bool
	PIDs                        pidNames
	Namespace                   string
	ID                          string
	MissingFails                bool // -e: include files that are missing are errors
	IgnoreINT                   bool
	CoreDump                    bool
	CorePattern                 string
	Work                        role.Options
	Under                       bool // a web server, whose log gets the lines

	line func(role.Level, string) // where the parent's lines go then

	test     bool
	testLog  string
	signum   string
	version  bool
	help     bool
	faulty   bool
	leftover []string
}

// pidNames are the files given for pids; empty: where keepalived puts them.
type pidNames struct{ Parent, VRRP, Checker, BFD string }

var flagTable = []flag{
	{'f', "use-file", required, func(o *options, v string) { o.Conf = v }},
	{'P', "vrrp", none, func(o *options, _ string) { o.OnlyVRRP = true }},
	{'C', "check", none, func(o *options, _ string) { o.OnlyChecks = true }},
	{'B', "no_bfd", none, func(o *options, _ string) { o.NoBFD = true }},
	{0, "all", none, func(o *options, _ string) { o.All = true }},
	{'l', "log-console", none, func(o *options, _ string) { o.Console = true }},
	{'D', "log-detail", none, func(o *options, _ string) { o.Work.Detail++ }},
	{'S', "log-facility", required, nil}, // parse sees to it
	{'g', "log-file", optional, func(o *options, v string) { o.LogFile = orElse(v, "/tmp/keepalived.log") }},
	{0, "flush-log-file", none, func(*options, string) {}}, // each line is written at once
	{'G', "no-syslog", none, func(o *options, _ string) { o.NoSyslog = true }},
	{'u', "umask", required, nil}, // the same
	{'X', "release-vips", none, func(o *options, _ string) { o.Work.ReleaseVIPs = true }},
	{'V', "dont-release-vrrp", none, func(o *options, _ string) { o.Work.KeepVRRP = true }},
	{'I', "dont-release-ipvs", none, func(o *options, _ string) { o.Work.KeepIPVS = true }},
	{'R', "dont-respawn", none, func(o *options, _ string) { o.NoRespawn = true }},
	{'n', "dont-fork", none, func(o *options, _ string) { o.Foreground = true }},
	{'d', "dump-conf", none, func(o *options, _ string) { o.Work.DumpConfig = true }},
	{'p', "pid", required, func(o *options, v string) { o.PIDs.Parent = v }},
	{'r', "vrrp_pid", required, func(o *options, v string) { o.PIDs.VRRP = v }},
	{'T', "genhash", none, func(*options, string) {}}, // Main has seen to it
	{'c', "checkers_pid", required, func(o *options, v string) { o.PIDs.Checker = v }},
	{'a', "address-monitoring", none, func(o *options, _ string) { o.Work.Addresses = true }},
	{'b', "bfd_pid", required, func(o *options, v string) { o.PIDs.BFD = v }},
	{'x', "snmp", none, func(o *options, _ string) { o.Work.SNMP = true }},
	{'A', "snmp-agent-socket", required, func(o *options, v string) { o.Work.SNMPSocket = v }},
	{'s', "namespace", required, func(o *options, v string) { o.Namespace = v }},
	{'m', "core-dump", none, func(o *options, _ string) { o.CoreDump = true }},
	{'M', "core-dump-pattern", optional, func(o *options, v string) { o.CoreDump, o.CorePattern = true, orElse(v, "core") }},
	{'e', "all-config", none, func(o *options, _ string) { o.MissingFails = true }},
	{'i', "config-id", required, func(o *options, v string) { o.ID = v }},
	{0, "signum", required, func(o *options, v string) { o.signum = v }},
	{0, "ignore-sigint", none, func(o *options, _ string) { o.IgnoreINT = true }},
	{'t', "config-test", optional, func(o *options, v string) { o.test, o.testLog = true, v }},
	{'v', "version", none, func(o *options, _ string) { o.version = true }},
	{'h', "help", none, func(o *options, _ string) { o.help = true }},
}

// shown is the name of the configuration file in messages.
func (o *options) shown() string { return orElse(o.Shown, o.Conf) }

func orElse(v, instead string) string {
	if v == "" {
		return instead
	}
	return v
}

// parse reads a command line without its first word, and says on err what is
// wrong with it. -v and -h end it where they stand.
func parse(args []string, err io.Writer) *options {
	o := &options{Conf: defaultConf, Facility: facilities["daemon"], Umask: -1}
	o.leftover = scan(flagTable, args, func(f found) bool {
		switch {
		case f.fault != "":
			fmt.Fprintln(err, f.fault)
			o.faulty = true
		case f.flag.short == 'S':
			o.facility(f.value, err)
		case f.flag.short == 'u':
			n, e := strconv.ParseUint(f.value, 8, 32)
			if e != nil || n&^0o777 != 0 {
				fmt.Fprintln(err, "Invalid --umask option "+f.value)
			} else {
				o.Umask = int(n)
			}
		default:
			f.flag.set(o, f.value)
		}
		return !o.version && !o.help && o.signum == ""
	})
	if len(o.leftover) > 0 {
		fmt.Fprintf(err, "Unexpected argument(s): %s\n", strings.Join(o.leftover, " "))
	}
	if o.ID == "" {
		host, _ := os.Hostname()
		o.ID, _, _ = strings.Cut(host, ".")
	}
	return o
}

// facilities are syslog's numbers of those that -S knows.
var facilities = map[string]int{
	"user": 1, "daemon": 3, "local0": 16, "local1": 17, "local2": 18, "local3": 19, "local4": 20, "local5": 21, "local6": 22, "local7": 23,
}

func (o *options) facility(name string, err io.Writer) {
	n, known := facilities[name]
	if !known {
		n, known = facilities["local"+name]
	}
	if !known {
		fmt.Fprintf(err, "Invalid log facility '%s'\n", name)
		return
	}
	o.Facility = n
}

// signals by the names that --signum takes.
var sigFuncs = map[string]int{"STOP": 15, "RELOAD": 1, "DATA": 10, "STATS": 12, "STATS_CLEAR": 63, "JSON": 36}
