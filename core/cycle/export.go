package cycle

import "bytes"

// Export is what a child of this process needs to share the generation, with
// the descriptors as they are numbered here.
func (c *Cycle) Export() *Given {
	g := &Given{Snapshot: c.Snapshot, Logs: c.Files.Descriptors(), Child: true, Board: c.Board.fd}
	if c.Memory != nil {
		g.Zones = c.Memory.Export()
	}
	for _, l := range c.Listeners {
		for i, s := range l.sockets {
			if s.fd < 0 {
				continue
			}
			if l.Shared() {
				i = -1
			}
			g.Sockets = append(g.Sockets, GivenSocket{l.Key(), i, s.fd})
		}
	}
	return g
}

// SnapshotBytes is the configuration as it is handed over.
func (c *Cycle) SnapshotBytes() []byte {
	var buf bytes.Buffer
	c.Snapshot.WriteTo(&buf) // a buffer takes everything
	return buf.Bytes()
}
