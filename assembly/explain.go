package assembly

import (
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// Explain reads a configuration and follows a request through it. Nothing is opened or
// started. Faults of the configuration go to log, and give cycle.ErrRefused.
func Explain(o cycle.Options, log errlog.Log, q *httpd.Question) ([]httpd.Line, error) {
	e, notes := httpd.New(httpModules()...), httpd.NewNotes()
	o.Purpose, o.Watch = cycle.Explain, notes.Watch
	p := &cycle.Program{Parts: []cycle.Part{e.Part()}, NewMemory: zone.NewGeneration}
	c, err := p.Build(o, nil, log, nil)
	if err != nil {
		return nil, err
	}
	return e.Explain(c, notes, q)
}
