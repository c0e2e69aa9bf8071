package zone

import (
	"moongate/core/cycle"
	"moongate/core/errlog"
)

// Generation is the zones of one cycle, in the shape in which core/cycle keeps
// them through reloads and hands them to workers.
type Generation struct{ *Zones }

// NewGeneration is what a cycle.Program makes the memory of a generation with.
func NewGeneration() cycle.Memory { return &Generation{New()} }

// Of is the zones of the generation that is being built.
func Of(c *cycle.Cycle) *Zones { return c.Memory.(*Generation).Zones }

func zonesOf(m cycle.Memory) *Zones {
	if g, ok := m.(*Generation); ok {
		return g.Zones
	}
	return nil
}

// Bind implements cycle.Memory, as do the methods below.
func (g *Generation) Bind(old cycle.Memory) error { return g.Zones.Bind(zonesOf(old)) }

func (g *Generation) Commit(old cycle.Memory) { g.Zones.Commit(zonesOf(old)) }

func (g *Generation) Export() []cycle.Handle {
	var hs []cycle.Handle
	for _, h := range g.Zones.Export() {
		hs = append(hs, cycle.Handle{Name: h.Name, Kind: string(h.Kind), Size: h.Size, FD: h.FD})
	}
	return hs
}

func (g *Generation) Attach(hs []cycle.Handle) error {
	handles := make([]Handle, 0, len(hs))
	for _, h := range hs {
		handles = append(handles, Handle{Name: h.Name, Kind: Kind(h.Kind), Size: h.Size, FD: h.FD})
	}
	return g.Zones.Attach(handles)
}

func (g *Generation) SetLog(l errlog.Log) {
	g.Zones.Notice = func(text string) { l.Message(errlog.Alert, text) }
}
