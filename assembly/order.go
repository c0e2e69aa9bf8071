// Package assembly is the one list of what the program is made of, in running
// order. Only cmd and tests import it.
package assembly

import (
	"moongate/core/cycle"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/module/http/rewrite"
)

// httpModules run in this order: handlers of one phase, and filters, first to
// last. The engine's own core module comes before all of them.
func httpModules() []*httpd.Module {
	return []*httpd.Module{
		rewrite.Module,
	}
}

// Parts are the engines with their modules.
func Parts() []cycle.Part {
	return []cycle.Part{httpd.New(httpModules()...).Part()}
}

// Program is all that cmd runs.
func Program() *cycle.Program {
	return &cycle.Program{Parts: Parts(), NewMemory: zone.NewGeneration}
}

// Configure is what -V lists as configure arguments: what is truly built in, in
// nginx's words. --with-debug: the debug log is there.
func Configure() []string { return []string{"--with-debug"} }
