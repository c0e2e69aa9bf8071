package zone

import (
	"fmt"

	"moongate/edge/sys/shm"
)

// Handle is a zone on its way to another process: the descriptor must be
// inherited there, and its number there be put into FD.
type Handle struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	Size int64  `json:"size"`
	FD   int    `json:"fd"`
}

// Export gives handles of all bound zones, with this process's descriptors.
func (zs *Zones) Export() []Handle {
	var hs []Handle
	for _, z := range zs.list {
		if z.seg != nil {
			hs = append(hs, Handle{z.Name, z.Kind, z.Size, z.seg.FD()})
		}
	}
	return hs
}

// Attach is Bind in a worker: zones, declared by the same configuration, are bound
// to inherited descriptors by name, kind and size. A handle that fits no zone is
// of another generation: an error, since both come from one snapshot.
func (zs *Zones) Attach(hs []Handle) (err error) {
	defer func() {
		if err != nil {
			zs.Close()
		}
	}()
	for _, h := range hs {
		z := zs.named[h.Name]
		if z == nil || z.Kind != h.Kind || z.Size != h.Size || z.seg != nil {
			return fmt.Errorf("inherited shared memory zone \"%s\" (%s, %d bytes) is not in the configuration",
				h.Name, h.Kind, h.Size)
		}
		seg, err := shm.Attach(h.FD)
		if err != nil {
			return fmt.Errorf("shared memory zone \"%s\": %w", h.Name, err)
		}
		z.seg = seg
		if seg.Size() != z.Size {
			return fmt.Errorf("inherited shared memory zone \"%s\" has %d bytes, not %d", h.Name, seg.Size(), z.Size)
		}
		zs.watch(z)
	}
	for _, z := range zs.list {
		if z.seg == nil {
			return fmt.Errorf("shared memory zone \"%s\" was not inherited", z.Name)
		}
	}
	return nil
}
