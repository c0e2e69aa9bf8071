package luaplugin

import (
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// Check loads the plugins in a VM of their own: to refuse what does not load, and in the
// gateway process to judge configurations. Close ends it.
func (f *Files) Check(b *httpd.Builder) (*Plugins, error) {
	p := &Plugins{byID: map[int]*configuration{}}
	m, err := b.Language().Open(b, p.program(f))
	if err != nil {
		return nil, err
	}
	return p, p.learn(m)
}

// Serve loads the plugins in a worker.
func (f *Files) Serve(node string, e *plugin.Env) (*Plugins, error) {
	w := e.Worker
	p := &Plugins{Node: node, Known: e.Known, Cache: e.Cache, byID: map[int]*configuration{}}
	m, err := w.HTTP.Language().Serve(w, p.program(f))
	if err != nil {
		return nil, err
	}
	return p, p.learn(m)
}

func (p *Plugins) learn(m httpd.Machine) error {
	p.machine = m
	text, err := m.Ask(describe)
	if err == nil {
		p.Kinds, err = p.read(text)
	}
	if err != nil {
		m.Close()
	}
	return err
}

// Close lets go of the VM, if it is the plugins' own.
func (p *Plugins) Close() { p.machine.Close() }
