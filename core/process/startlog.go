package process

import (
	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
)

// StartLog opens the log for the time until the configuration has named others
// (ngx_log_init).
func StartLog(opts *cycle.Options) errlog.Log {
	level := errlog.Notice
	if opts.Purpose == cycle.Test {
		level = errlog.Info
	}
	f := file.NewAppend("")
	if opts.ErrorLog != "" {
		name := syntax.FullName(opts.Prefix, opts.ErrorLog)
		f = file.NewAppend(name)
		if err := f.Open(); err != nil {
			errlog.Console(err, `[alert] could not open error log file: open() "%s" failed`, name)
			f = file.NewAppend("")
		}
	}
	return errlog.NewChain(f, level).Log()
}
