package zone

import (
	"errors"
	"fmt"

	"moongate/edge/sys/shm"
)

// Kind says what a zone is used for; a name has one kind (nginx: the tag).
type Kind string

// The kinds of this package. Others may be declared: a store with its own layout
// opens Zone.Segment by shm.OpenTable.
const (
	KindDict      Kind = "lua_shared_dict"
	KindReq       Kind = "limit_req"
	KindConn      Kind = "limit_conn"
	KindUpstream  Kind = "upstream"
	KindCounters  Kind = "counters"
	KindCacheKeys Kind = "cache"
	KindSessions  Kind = "ssl_session_cache"
	KindSticky    Kind = "sticky"
)

// Zone is a named piece of shared memory.
type Zone struct {
	Name string
	Kind Kind
	Size int64

	// Fresh zones are never taken over from the old generation, only shown to
	// it: nginx's noreuse, for upstreams, whose peers may have changed.
	Fresh bool
	// Keep, if set, is asked when the old generation's memory is about to be
	// taken over: a limit zone whose key has changed refuses the reload.
	Keep func(old *Zone) error
	// Carry, if set, takes from the old generation's zone what a fresh one needs.
	Carry func(old *Zone) error
	// Data is the declarer's (nginx: shm_zone->data).
	Data any
	// Old is the zone of the same name and kind in the generation before, while
	// this one is prepared; nil in workers and at the first start.
	Old *Zone

	seg    *shm.Segment
	shared bool // seg is also the old generation's
}

// Segment is the zone's memory, nil before Bind or Attach.
func (z *Zone) Segment() *shm.Segment { return z.seg }

// InUse is how many bytes of the memory are in use, in whole pages.
func (z *Zone) InUse() int64 {
	z.seg.Lock()
	defer z.seg.Unlock()
	return z.seg.InUse()
}

// Zones are the zones of one configuration, in the order declared.
type Zones struct {
	list  []*Zone
	named map[string]*Zone

	// Notice is told of locks taken over from dead processes; text for [alert].
	Notice func(text string)
}

// New makes an empty set.
func New() *Zones { return &Zones{named: map[string]*Zone{}} }

// Declare adds a zone, or refers to one of that name: size 0 is a reference, which
// may come before the declaration (nginx's ngx_shared_memory_add, and its texts).
func (zs *Zones) Declare(name string, size int64, kind Kind) (*Zone, error) {
	z := zs.named[name]
	if z == nil {
		z = &Zone{Name: name, Kind: kind, Size: size}
		zs.named[name] = z
		zs.list = append(zs.list, z)
		return z, nil
	}
	if z.Kind != kind {
		return nil, fmt.Errorf("the shared memory zone \"%s\" is already declared for a different use", name)
	}
	if z.Size == 0 {
		z.Size = size
	}
	if size != 0 && size != z.Size {
		return nil, fmt.Errorf("the size %d of shared memory zone \"%s\" conflicts with already declared size %d",
			size, name, z.Size)
	}
	return z, nil
}

// Find gives a declared zone, or nil.
func (zs *Zones) Find(name string) *Zone { return zs.named[name] }

// All gives the zones in the order declared.
func (zs *Zones) All() []*Zone { return zs.list }

// Bind gives every zone its memory: that of the same zone in old, if there is
// one, or new. On an error nothing is kept and old is as it was.
func (zs *Zones) Bind(old *Zones) (err error) {
	defer func() {
		if err != nil {
			zs.Rollback()
		}
	}()
	for _, z := range zs.list {
		if z.Size == 0 {
			return fmt.Errorf("zero size shared memory zone \"%s\"", z.Name)
		}
		if old != nil {
			z.Old = old.named[z.Name]
		}
		if z.Old != nil && (z.Old.Kind != z.Kind || z.Old.seg == nil) {
			z.Old = nil
		}
		if z.Old != nil && !z.Fresh && z.Old.Size == z.Size {
			if z.Keep != nil {
				if err := z.Keep(z.Old); err != nil {
					return err
				}
			}
			z.seg, z.shared = z.Old.seg, true
			continue
		}
		if z.seg, err = shm.Create("zone:"+z.Name, z.Size); err != nil {
			return fmt.Errorf("shared memory zone \"%s\": %w", z.Name, err)
		}
		zs.watch(z)
		if z.Old != nil && z.Carry != nil {
			if err := z.Carry(z.Old); err != nil {
				return err
			}
		}
	}
	return nil
}

// Rollback undoes Bind: what was made for this generation is unmapped.
func (zs *Zones) Rollback() {
	for _, z := range zs.list {
		if z.seg != nil && !z.shared {
			z.seg.Close()
		}
		z.seg, z.shared, z.Old = nil, false, nil
	}
}

// Commit ends the preparation: memory of the old generation that this one did not
// take over is unmapped in this process. Workers that still use it keep it.
func (zs *Zones) Commit(old *Zones) {
	if old != nil {
		for _, z := range old.list {
			if now := zs.named[z.Name]; z.seg != nil && (now == nil || now.seg != z.seg) {
				z.seg.Close()
			}
			z.seg = nil
		}
	}
	for _, z := range zs.list {
		z.Old, z.shared = nil, false
		if z.seg != nil {
			zs.watch(z)
		}
	}
}

// Close unmaps everything.
func (zs *Zones) Close() {
	for _, z := range zs.list {
		if z.seg != nil {
			z.seg.Close()
			z.seg = nil
		}
	}
}

func (zs *Zones) watch(z *Zone) {
	z.seg.OnRecovery(func(r shm.Recovery) {
		if zs.Notice == nil {
			return
		}
		if r.Rebuilt {
			zs.Notice(fmt.Sprintf("shared memory zone \"%s\" was locked by a process that died and is damaged: %v; rebuilt with %d entries",
				z.Name, r.Damage, r.Kept))
		} else {
			zs.Notice(fmt.Sprintf("shared memory zone \"%s\" was locked by a process that died", z.Name))
		}
	})
}

// Reap is for the master after it has waited for a child: what the child held is
// released now (nginx: ngx_unlock_mutexes).
func (zs *Zones) Reap(pid int) {
	for _, z := range zs.list {
		if z.seg == nil {
			continue
		}
		slots := z.seg.Reap(pid)
		if z.Kind == KindCounters {
			clearGauges(z.seg, slots)
		}
	}
}

// ErrUnbound says that a zone was opened before it has memory.
var ErrUnbound = errors.New("shared memory zone has no memory yet")
