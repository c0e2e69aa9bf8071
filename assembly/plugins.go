package assembly

import (
	"fmt"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway"
	"moongate/gateway/entity"
)

// Plugins reads a configuration and gives the plugins that its gateway has, those in Lua
// too. Nothing is opened or started. Faults of the configuration go to log, and give
// cycle.ErrRefused.
func Plugins(o cycle.Options, log errlog.Log) (entity.Plugins, error) {
	e := httpd.New(httpModules()...)
	o.Purpose = cycle.Explain
	p := &cycle.Program{Parts: []cycle.Part{e.Part()}, NewMemory: zone.NewGeneration}
	c, err := p.Build(o, nil, log, nil)
	if err != nil {
		return nil, err
	}
	b := e.Builder(c)
	if b == nil {
		return nil, fmt.Errorf("%s has no \"http\" block", o.ConfFile)
	}
	// Plugins see shared dictionaries where they are loaded: as empty ones here.
	if err := c.Memory.Bind(nil); err != nil {
		return nil, err
	}
	known, err := gateway.Declared(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.ConfFile, err)
	}
	return known, nil
}
