package main

import (
	"errors"
	"fmt"
	"os"

	"moongate/core/cycle"
	"moongate/core/process"
)

// options are the flags as nginx takes them (ngx_get_options).
type options struct {
	version, help, configure bool
	test, dump, quiet        bool
	prefix, conf, errorLog   string
	// An option may be there and empty: -p "" is the folder we are in.
	hasPrefix, hasConf, hasErrorLog bool
	params                          string
	signal                          string
}

// parseOptions reads flags, which may stand together ("-tq") with a value right
// behind the last one ("-tc/x.conf") or in the next argument.
func parseOptions(args []string) (*options, error) {
	o := new(options)
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "" || arg[0] != '-' {
			return nil, fmt.Errorf(`invalid option: "%s"`, arg)
		}
		for at := 1; at < len(arg); at++ {
			flag := arg[at]
			if o.simple(flag) {
				continue
			}
			needs := map[byte]string{'p': "directory name", 'e': "file name", 'c': "file name", 'g': "parameter", 's': "parameter"}[flag]
			if needs == "" {
				return nil, errors.New(`invalid option: "` + arg[at:at+1] + `"`)
			}
			value := arg[at+1:]
			if value == "" {
				if i++; i == len(args) {
					return nil, fmt.Errorf(`option "-%c" requires %s`, flag, needs)
				}
				value = args[i]
			}
			if err := o.take(flag, value); err != nil {
				return nil, err
			}
			break
		}
	}
	return o, nil
}

// simple takes a flag without a value.
func (o *options) simple(flag byte) bool {
	switch flag {
	case '?', 'h':
		o.version, o.help = true, true
	case 'v':
		o.version = true
	case 'V':
		o.version, o.configure = true, true
	case 't':
		o.test = true
	case 'T':
		o.test, o.dump = true, true
	case 'q':
		o.quiet = true
	default:
		return false
	}
	return true
}

func (o *options) take(flag byte, value string) error {
	switch flag {
	case 'p':
		o.prefix, o.hasPrefix = value, true
	case 'e':
		o.errorLog, o.hasErrorLog = value, true
		if value == "stderr" {
			o.errorLog = ""
		}
	case 'c':
		o.conf, o.hasConf = value, true
	case 'g':
		o.params = value
	case 's':
		if !process.KnownSignal(value) {
			return errors.New(`invalid option: "-s ` + value + `"`)
		}
		o.signal = value
	}
	return nil
}

// settings are what the flags mean, with defaults for what was not said.
func (o *options) settings() cycle.Options {
	opts := cycle.Options{Prefix: o.prefix, ConfFile: o.conf, ErrorLog: o.errorLog, Params: o.params, Quiet: o.quiet}
	switch {
	case o.test:
		opts.Purpose = cycle.Test
	case o.signal != "":
		opts.Purpose = cycle.Signal
	}
	if !o.hasPrefix {
		opts.Prefix = defaultPrefix()
	}
	if !o.hasConf {
		opts.ConfFile = cycle.DefaultConf
	}
	if !o.hasErrorLog {
		opts.ErrorLog = cycle.DefaultErrorLog
	}
	opts.Complete()
	return opts
}

func defaultPrefix() string {
	program, err := os.Executable()
	if err != nil {
		return cycle.InstalledPrefix
	}
	return cycle.DefaultPrefix(program)
}
