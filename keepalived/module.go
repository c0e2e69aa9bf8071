package keepalived

import (
	"errors"
	"os"
	"strings"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/keepalived/daemon"
	"moongate/keepalived/role"
)

// mainConf is what the main context says.
type mainConf struct {
	args []string // for daemon.Under; nil: not configured
	file string
	at   syntax.Pos
}

// owner is whose the rows are.
var owner = new(struct{ _ int })

var rows = []directive.Directive{{
	Name: "keepalived", Syntax: "file [option ...]", In: directive.Main, Args: directive.OneMore,
	Set: directive.Func(setKeepalived),
	Doc: "Runs keepalived with this configuration under the same master. It goes on through reloads, which it makes too; " +
		"its log is the error log. Options are those of keepalived's command line, such as -D, -P or -S 0.",
}}

func setKeepalived(c *directive.Call, m *mainConf) error {
	if m.args != nil {
		return errors.New("is duplicate")
	}
	b := c.Env.(*cycle.Builder)
	m.file, m.at = b.ConfPath(c.Args[0]), c.Node.Pos
	m.args = append([]string{"-f", m.file}, c.Args[1:]...)
	return daemon.CheckArgs(m.args)
}

// Part is keepalived as a part of the web server. program makes what its processes
// are when it is called with arguments.
func Part(program func(args []string) daemon.Program) cycle.Part {
	p := cycle.Part{Name: "keepalived", Build: func(b *cycle.Builder) error { return build(b, program) }}
	for _, d := range rows {
		p.Rows = append(p.Rows, config.Row{Directive: d, Owner: owner, Module: "keepalived"})
	}
	return p
}

func build(b *cycle.Builder, program func([]string) daemon.Program) error {
	m := cycle.Main[mainConf](b.Cycle, owner)
	if m.args == nil {
		return nil
	}
	if !b.Core.MasterProcess.V {
		return directive.ErrorAt(m.at, "\"keepalived\" needs \"master_process on\"")
	}
	if !b.Child() {
		f, err := os.Open(m.file)
		if err != nil {
			return directive.ErrorAt(m.at, "open() \"%s\" failed: %s", m.file, errors.Unwrap(err))
		}
		f.Close()
	}
	if b.Purpose == cycle.Test && !b.Child() {
		tell(b, m)
	}
	b.Beats = true
	b.AddProcess(cycle.Process{Title: "keepalived process", AsRoot: true, Stays: true, EndsFirst: true, Key: strings.Join(m.args, "\x00"),
		Run: func(w *cycle.Worker) error { return run(w, m.args, program) }})
	return nil
}

// tell warns of what keepalived would complain about.
func tell(b *cycle.Builder, m *mainConf) {
	var said strings.Builder
	daemon.Check(m.args, &said)
	for line := range strings.Lines(said.String()) {
		b.Log.Message(errlog.Warn, "keepalived: "+strings.TrimSpace(line))
	}
}

func run(w *cycle.Worker, args []string, program func([]string) daemon.Program) error {
	return daemon.Under(args, program(args), daemon.Host{Board: w.Cycle.Board, Reload: w.Reload, Done: w.Done,
		Log: func(level role.Level, line string) { w.Log.Message(levels[level], "keepalived: "+line) }})
}

// levels are the error log's for syslog's.
var levels = [...]errlog.Level{role.Emerg: errlog.Emerg, role.Alert: errlog.Alert, role.Crit: errlog.Crit, role.Err: errlog.Error,
	role.Warning: errlog.Warn, role.Notice: errlog.Notice, role.Info: errlog.Notice, role.Debug: errlog.Info}
