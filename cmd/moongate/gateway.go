package main

import (
	"errors"

	"moongate/assembly"
	"moongate/core/cycle"
	"moongate/core/process"
	"moongate/gateway/command"
	"moongate/gateway/entity"
)

// gatewayCommand is "moongate gateway".
func gatewayCommand(args []string) int { return command.Main(args, pluginsOf) }

// pluginsOf are the plugins that a configuration file knows. What is wrong with the file
// goes to the terminal.
func pluginsOf(conf, prefix string) (entity.Plugins, error) {
	o := options{conf: conf, hasConf: conf != "", prefix: prefix, hasPrefix: prefix != "", hasErrorLog: true}
	opts := o.settings()
	known, err := assembly.Plugins(opts, process.StartLog(&opts))
	if errors.Is(err, cycle.ErrRefused) {
		err = errors.New("the configuration " + opts.ConfFile + " is refused")
	}
	return known, err
}
