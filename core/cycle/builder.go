package cycle

import (
	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
)

// Builder is a generation in the making: what parts ask for sockets, logs, shared
// memory and folders while the configuration is read.
type Builder struct {
	*Cycle
	Old *Cycle // nil at the first start and in workers

	table       *config.Table
	given       *Given
	modulesUsed bool
	undo        []func()
	pools       []poolUse
}

// BuilderOf is the builder that a directive of the main context is read by.
func BuilderOf(call *directive.Call) *Builder { return call.Env.(*Builder) }

// ModulesUsed ends the part of the text in which load_module may stand: a block
// that consults the modules was opened.
func (b *Builder) ModulesUsed() { b.modulesUsed = true }

// UseThreadPool notes that a directive named a pool; it may be declared later.
func (b *Builder) UseThreadPool(name string, at syntax.Pos) {
	b.pools = append(b.pools, poolUse{name, at})
}

// Path is a name relative to the prefix, as most directives take it.
func (b *Builder) Path(name string) string { return syntax.FullName(b.Prefix, name) }

// ConfPath is a name relative to the folder of the configuration file, as
// include and the certificates take it.
func (b *Builder) ConfPath(name string) string { return syntax.FullName(b.ConfPrefix, name) }

// ReadFile reads a file that belongs to the configuration without being its
// text: workers get the same bytes even if the file changes.
func (b *Builder) ReadFile(name string) ([]byte, error) { return b.Snapshot.ReadAside(name) }

// OpenFile gives the log file of a name, relative to the prefix. It is opened
// when the whole configuration is known to be good.
func (b *Builder) OpenFile(name string) *file.Append {
	f := b.AddLog(name)
	f.Errors = true
	return f.Append
}

// AddLog is OpenFile for a log that buffers.
func (b *Builder) AddLog(name string) *OpenFile {
	if name == "" {
		b.Files.stderr = true
		return b.Files.add("")
	}
	return b.Files.add(b.Path(name))
}

// SetErrorLog is the setter of an error_log directive of any level.
func (b *Builder) SetErrorLog(call *directive.Call, chain *errlog.Chain) error {
	err := chain.Add(call.Args, errlog.Place{Files: b, Hostname: b.Hostname, At: call.Pos()})
	if err != nil {
		return directive.Errorf("%s", err)
	}
	b.UseChain(chain)
	return nil
}

// UseChain lets the generation take care of the syslog sockets of a chain.
func (b *Builder) UseChain(chain *errlog.Chain) {
	for _, known := range b.logs {
		if known == chain {
			return
		}
	}
	b.logs = append(b.logs, chain)
}

// AddPath asks for a folder that workers may write to (ngx_add_path); name is full.
func (b *Builder) AddPath(name string) {
	for _, known := range b.paths {
		if known == name {
			return
		}
	}
	b.paths = append(b.paths, name)
}

// AddProcess asks for a process beside the workers.
func (b *Builder) AddProcess(p Process) { b.Processes = append(b.Processes, p) }

// Parts are the parts of the program.
func (b *Builder) Parts() []Part { return b.parts }

// Child tells whether this process shares the generation of its parent, which
// has done already whatever must be done once.
func (b *Builder) Child() bool { return b.given != nil && b.given.Child }

// onUndo remembers how to take back a step.
func (b *Builder) onUndo(f func()) { b.undo = append(b.undo, f) }
