package httpd

import (
	"moongate/core/config/directive"
	"moongate/core/cycle"
)

// ScriptStep is a step that one module puts among the directives of another's program,
// in the order written: set_by_lua among those of rewrite. Declined goes on.
type ScriptStep func(r *Request) Result

// AppendScript puts a step behind what the level that is being read has so far,
// through the module that runs such programs.
func (b *Builder) AppendScript(c *directive.Call, s ScriptStep) error {
	for _, m := range b.modules {
		if m.Script != nil {
			return m.Script(c, s)
		}
	}
	return directive.Errorf("the \"%s\" directive needs the rewrite module", c.Name)
}

// Ground is the level of http{} itself.
func (b *Builder) Ground() *Location { return b.ground }

// prepare lets modules do what needs shared memory and logs and may still refuse the
// configuration.
func (e *Engine) prepare(cb *cycle.Builder) error {
	g := e.of(cb.Cycle)
	if g.builder == nil {
		return nil
	}
	for _, m := range e.modules {
		if m.Prepare != nil {
			if err := m.Prepare(g.builder); err != nil {
				return err
			}
		}
	}
	return nil
}
