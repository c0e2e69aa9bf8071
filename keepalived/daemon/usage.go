package daemon

import (
	"bufio"
	"os"
	"runtime"
	"strings"

	"moongate/core/version"
	"moongate/edge/sys/proc"
)

// product is the name and version that is logged and shown: scripts look for
// "Keepalived v".
func product(own string) string {
	return "Keepalived v" + version.Keepalived + " (moongate " + own + ")"
}

// abilities are keepalived's words for what is built in.
var abilities = []string{"NFTABLES", "LVS", "REGEX", "VRRP", "VRRP_AUTH", "VRRP_VMAC", "JSON", "BFD", "SNMP_VRRP", "SNMP_CHECKER", "SNMP_RFCV2", "SNMP_RFCV3", "OLD_CHKSUM_COMPAT", "INIT=systemd", "SYSTEMD_NOTIFY"}

// versionText is what -v prints.
func versionText(own string) string {
	var b strings.Builder
	b.WriteString(product(own) + "\n\n")
	b.WriteString("Built by " + runtime.Compiler + " " + runtime.Version() + "\n")
	b.WriteString("Running on " + system() + "\n")
	if d := distribution("/etc/os-release"); d != "" {
		b.WriteString("Distro: " + d + "\n")
	}
	b.WriteString("\nConfig options:  " + strings.Join(abilities, " ") + "\n")
	return b.String()
}

// system is the kernel as it calls itself.
func system() string {
	name, release, build := proc.System()
	return strings.TrimSpace(name + " " + release + " " + build)
}

// distribution is PRETTY_NAME of a file like /etc/os-release.
func distribution(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if v, ok := strings.CutPrefix(s.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(v, `"'`)
		}
	}
	return ""
}

// usage is what -h prints, as keepalived does.
const usage = `Usage: keepalived [OPTION...]
  -f, --use-file=FILE          Use the specified configuration file
                                default '/etc/keepalived/keepalived.conf'
  -P, --vrrp                   Only run with VRRP subsystem
  -C, --check                  Only run with Health-checker subsystem
  -B, --no_bfd                 Don't run BFD subsystem
      --all                    Force all child processes to run, even if have no configuration
  -l, --log-console            Log messages to local console
  -D, --log-detail             Detailed log messages
  -S, --log-facility=([0-7]|local[0-7]|user|daemon)
                               Set syslog facility to LOG_LOCAL[0-7], user or daemon (default)
  -g, --log-file=FILE          Also log to FILE (default /tmp/keepalived.log)
      --flush-log-file         Flush log file on write (it always is)
  -G, --no-syslog              Don't log via syslog
  -u, --umask=MASK             umask for file creation (in numeric form)
  -X, --release-vips           Drop VIP on transition from signal.
  -V, --dont-release-vrrp      Don't remove VRRP VIPs and VROUTEs on daemon stop
  -I, --dont-release-ipvs      Don't remove IPVS topology on daemon stop
  -R, --dont-respawn           Don't respawn child processes
  -n, --dont-fork              Don't fork the daemon process
  -d, --dump-conf              Dump the configuration data
  -p, --pid=FILE               Use specified pidfile for parent process
  -r, --vrrp_pid=FILE          Use specified pidfile for VRRP child process
  -T, --genhash                Enter into genhash utility mode (this should be the first option used).
  -c, --checkers_pid=FILE      Use specified pidfile for checkers child process
  -a, --address-monitoring     Report all address additions/deletions notified via netlink
  -b, --bfd_pid=FILE           Use specified pidfile for BFD child process
  -x, --snmp                   Enable SNMP subsystem
  -A, --snmp-agent-socket=FILE Use the specified socket for master agent
  -s, --namespace=NAME         Run in network namespace NAME (overrides config)
  -m, --core-dump              Produce core dump if terminate abnormally
  -M, --core-dump-pattern=PATN Also set /proc/sys/kernel/core_pattern to PATN (default 'core')
  -e, --all-config             Error if any configuration file missing (same as includet)
  -i, --config-id id           Skip any configuration lines beginning '@' that don't match id
                                or any lines beginning @^ that do match.
                                The config-id defaults to the node name if option not used
      --signum=SIGFUNC         Return signal number for STOP, RELOAD, DATA, STATS, STATS_CLEAR, JSON
      --ignore-sigint          Ignore the signal INT
  -t, --config-test[=LOG_FILE] Check the configuration for obvious errors, output to
                                stderr by default
  -v, --version                Display the version number
  -h, --help                   Display this help message
`
