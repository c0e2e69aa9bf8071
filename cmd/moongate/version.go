package main

import (
	"runtime"
	"strings"

	"moongate/assembly"
	"moongate/core/cycle"
	"moongate/core/version"
)

func versionLine() string { return "nginx/" + version.Nginx + " (moongate " + version.Moongate + ")" }

func builtBy() string { return "built by " + runtime.Compiler + " " + runtime.Version() }

// banner is what ngx_os_status logs about the program.
func banner() []string { return []string{versionLine(), builtBy()} }

// versionText is what -v, -V and -h print, to standard error as nginx does.
func versionText(o *options) string {
	var b strings.Builder
	b.WriteString("nginx version: " + versionLine() + "\n")
	if o.help {
		b.WriteString(usage())
	}
	if o.configure {
		b.WriteString(builtBy() + "\n")
		b.WriteString("built with OpenSSL 3.0.2 (Go crypto/tls)\n")
		b.WriteString("TLS SNI support enabled\n")
		b.WriteString("configure arguments:")
		for _, word := range assembly.Configure() {
			b.WriteString(" " + word)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func usage() string {
	prefix, log := cycle.InstalledPrefix, cycle.DefaultErrorLog
	return `Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: ` + prefix + `)
  -e filename   : set error log file (default: ` + log + `)
  -c filename   : set configuration file (default: ` + cycle.DefaultConf + `)
  -g directives : set global directives out of configuration file

Commands:
  explain 'GET /api' : what would become of a request, and why (explain -h)
  gateway            : what the gateway keeps: dump, diff, sync, ... (gateway -h)

`
}
