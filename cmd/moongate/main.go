package main

import (
	"fmt"
	"os"
	"path/filepath"

	"moongate/assembly"
	"moongate/core/errlog"
	"moongate/core/process"
	"moongate/edge/sys/proc"
	"moongate/keepalived/daemon"
)

func main() { os.Exit(run(proc.Args())) }

// commands are the words that the program takes in front of everything else, when
// it is called by its own name. They get the arguments behind the word.
var commands = map[string]func(args []string) int{
	"explain": explain,
	"gateway": gatewayCommand,
}

func run(args []string) int {
	if len(args) == 0 {
		args = []string{"moongate"}
	}
	if h, err := process.Handed(args[0]); err != nil {
		errlog.Console(nil, "[emerg] %s", err)
		return 2
	} else if h != nil {
		return process.RunHanded(h, assembly.Program(), banner())
	}
	if code, was := daemon.Started(assembly.Keepalived(args)); was {
		return code
	}
	switch filepath.Base(args[0]) {
	case "keepalived", "genhash":
		return daemon.Main(args, assembly.Keepalived(args))
	}
	if len(args) > 1 {
		if args[1] == "keepalived" {
			return daemon.Main(args[1:], assembly.Keepalived(args[1:]))
		}
		if run := commands[args[1]]; run != nil {
			return run(args[2:])
		}
	}
	o, err := parseOptions(args[1:])
	if err != nil {
		errlog.Console(nil, "%s", err)
		return 1
	}
	if o.version {
		fmt.Fprint(os.Stderr, versionText(o))
		if !o.test {
			return 0
		}
	}
	opts := o.settings()
	cfg := process.Config{Program: assembly.Program(), Options: opts, Args: args, Word: word(args[0]),
		Banner: banner(), Log: process.StartLog(&opts)}
	switch {
	case o.test:
		return test(cfg, o)
	case o.signal != "":
		return process.SendSignal(cfg, o.signal)
	}
	return process.Run(cfg)
}

// word is what the program is called in ps: nginx when somebody started it by
// that name, or by OpenResty's, so that what looks for nginx finds it.
func word(argv0 string) string {
	switch filepath.Base(argv0) {
	case "nginx", "openresty":
		return "nginx"
	}
	return "moongate"
}

// test is -t and -T.
func test(cfg process.Config, o *options) int {
	c, err := cfg.Program.Build(cfg.Options, nil, cfg.Log, nil)
	if err != nil {
		errlog.Console(nil, "configuration file %s test failed", cfg.Options.ConfFile)
		return 1
	}
	if !o.quiet {
		errlog.Console(nil, "configuration file %s test is successful", cfg.Options.ConfFile)
	}
	if o.dump {
		if err := c.Snapshot.Dump(os.Stdout); err != nil {
			return 1
		}
	}
	return 0
}
