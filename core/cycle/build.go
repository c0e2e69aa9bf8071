package cycle

import (
	"errors"
	"fmt"
	"os"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
	"moongate/edge/sys/proc"
)

// ErrRefused says that a generation could not be built; why has been logged.
var ErrRefused = errors.New("the configuration was refused")

// Build makes a generation (ngx_init_cycle). log is where the start, or the old
// generation, logs to: faults go there until the new logs are open. given may be
// nil. On an error, which has been logged, everything is as it was before.
func (p *Program) Build(opts Options, old *Cycle, log errlog.Log, given *Given) (*Cycle, error) {
	if given == nil {
		given = &Given{}
	}
	c := &Cycle{Options: opts, Generation: 1, Core: &Core{}, Events: &Events{}, Log: log, parts: p.Parts}
	c.main = mainScope{}
	c.main[mainKey{owner{}, coreType}] = c.Core
	c.main[mainKey{owner{}, eventsType}] = c.Events
	b := &Builder{Cycle: c, Old: old, given: given}
	if old != nil {
		c.Generation = old.Generation + 1
	}
	if p.NewMemory != nil {
		c.Memory = p.NewMemory()
	}
	for _, step := range []func() error{b.read, b.check} {
		if err := step(); err != nil {
			return nil, b.refuse(err)
		}
	}
	if opts.Purpose == Signal || opts.Purpose == Explain {
		return c, nil
	}
	for _, step := range []func() error{b.pidFile, b.makePaths, b.openLogs, b.bindMemory, b.openSockets, b.prepare} {
		if err := step(); err != nil {
			return nil, b.refuse(err)
		}
	}
	b.commit()
	return c, nil
}

// read walks the text with the rows of all parts.
func (b *Builder) read() error {
	var err error
	if b.table, err = tableOf(b.parts); err != nil {
		return err
	}
	b.Snapshot = b.given.Snapshot
	if b.Snapshot == nil {
		b.Snapshot = syntax.NewSnapshot(syntax.Disk{})
	}
	w := &config.Walker{Table: b.table, Reader: b.Snapshot, Prefix: b.ConfPrefix, Logger: b.logFromText, Watch: b.Watch}
	if b.Params != "" {
		if err := w.Param(b.Params, directive.Main, b.main, b); err != nil {
			return err
		}
	}
	if err := w.File(b.ConfFile, directive.Main, b.main, b); err != nil {
		return err
	}
	if b.Purpose == Test && !b.Quiet {
		errlog.Console(nil, "the configuration file %s syntax is ok", b.ConfFile)
	}
	return nil
}

// logFromText takes warnings and notices of directives. Workers read what their
// master has complained about already.
func (b *Builder) logFromText(level, text string) {
	if b.Child() {
		return
	}
	l, _ := errlog.LevelOf(level)
	b.Log.Message(l, text)
}

// check is what nginx's core modules do in init_conf.
func (b *Builder) check() error {
	for _, d := range coreDirectives {
		if err := d.Set.ApplyDefault(d.Default, b.Core); err != nil {
			return fmt.Errorf("default of %s: %w", d.Name, err)
		}
	}
	for _, d := range eventsDirectives {
		if err := d.Set.ApplyDefault(d.Default, b.Events); err != nil {
			return fmt.Errorf("default of %s: %w", d.Name, err)
		}
	}
	if err := b.checkThreadPools(); err != nil {
		return err
	}
	c := b.Core
	if c.Pid.V == "" {
		c.Pid.V = DefaultPid
	}
	if n := len(c.Affinity.V.Masks); !c.Affinity.V.Auto && n > 1 && n != c.WorkerProcesses.V && !b.Child() {
		b.Log.Warn(nil, `the number of "worker_processes" is not equal to the number of "worker_cpu_affinity" masks, `+
			`using last mask for remaining worker processes`)
	}
	c.Pid.V = b.Path(c.Pid.V)
	c.LockFile.V = b.Path(c.LockFile.V)
	if !c.User.Written && proc.EffectiveUID() == 0 {
		u, err := lookUpDefault()
		if err != nil {
			return err
		}
		c.User.V = u
	}
	if b.Old != nil && b.Old.Core.LockFile.V != c.LockFile.V {
		b.Log.Emerg(nil, `"lock_file" could not be changed, ignored`)
	}
	if !b.Events.present {
		return errors.New(`no "events" section in configuration`)
	}
	for _, p := range b.parts {
		if p.Rollback != nil {
			b.onUndo(func() { p.Rollback(b) })
		}
		if p.Build != nil {
			if err := p.Build(b); err != nil {
				return err
			}
		}
	}
	// One connection for each listening socket, and one for the channel.
	if b.Events.Connections.V < len(b.Listeners)+1 {
		return fmt.Errorf("%d worker_connections are not enough for %d listening sockets", b.Events.Connections.V, len(b.Listeners))
	}
	return nil
}

// pidFile finds out whether the pid file can be written (-t), or writes a new
// one when the name has changed.
func (b *Builder) pidFile() error {
	switch {
	case b.Purpose == Test:
		return b.openPid()
	case b.Old != nil && b.Old.Core.Pid.V != b.Core.Pid.V:
		if err := WritePid(b.Core.Pid.V, &b.Log); err != nil {
			return err
		}
		DeletePid(b.Old.Core.Pid.V, &b.Log)
	}
	return nil
}

func (b *Builder) makePaths() error {
	if b.Child() {
		return nil
	}
	for _, path := range b.paths {
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			b.Log.Emerg(err, `mkdir() "%s" failed`, path)
			return ErrRefused
		}
		if uid := b.UserUID(); uid >= 0 && !giveTo(&b.Log, path, uid, 0o700) {
			return ErrRefused
		}
	}
	return nil
}

// openLogs opens all logs; from here on the new ones are used.
func (b *Builder) openLogs() error {
	chain := &b.Core.errorLog
	chain.AddDefault(func() *file.Append {
		if b.ErrorLog == "" {
			return file.NewAppend("")
		}
		return b.OpenFile(b.ErrorLog)
	})
	b.onUndo(func() { b.Files.close(&b.Log) })
	for _, f := range b.Files.list {
		if fd, ok := b.given.Logs[f.Name()]; ok {
			f.Use(fd)
			delete(b.given.Logs, f.Name())
			continue
		}
		if err := f.Open(); err != nil {
			b.Log.Emerg(err, `open() "%s" failed`, f.Name())
			return ErrRefused
		}
		b.Log.Debug(errlog.DebugCore, "log: %d \"%s\"", f.FD(), f.Name())
	}
	for _, fd := range b.given.Logs {
		file.Close(fd)
	}
	before := b.Log
	b.onUndo(func() { b.Log = before })
	b.Log = chain.Log()
	b.UseChain(chain)
	for _, c := range b.logs {
		c.SetReporter(b.Log)
	}
	return nil
}

func (b *Builder) bindMemory() error {
	if b.Memory == nil {
		return nil
	}
	b.Memory.SetLog(b.Log)
	if b.Child() {
		return b.Memory.Attach(b.given.Zones)
	}
	var old Memory
	if b.Old != nil {
		old = b.Old.Memory
	}
	b.onUndo(b.Memory.Rollback)
	return b.Memory.Bind(old)
}

func (b *Builder) prepare() error {
	if err := b.openBoard(); err != nil {
		return err
	}
	for _, p := range b.parts {
		if p.Prepare != nil {
			if err := p.Prepare(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// commit: nothing fails from here on.
func (b *Builder) commit() {
	b.undo = nil
	b.Snapshot.Forget()
	if b.Memory != nil && b.Old == nil {
		b.Memory.Commit(nil)
	}
	for _, p := range b.parts {
		if p.Commit != nil {
			p.Commit(b.Cycle)
		}
	}
}
