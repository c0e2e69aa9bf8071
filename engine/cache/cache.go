package cache

import (
	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/engine/zone"
)

// Cache is a folder of answers with its index. It is declared by a directive, and in
// each process opened before it is used.
type Cache struct {
	*Path
	Zone *zone.Zone
}

// Declare reads a directive like proxy_cache_path: a zone, a folder, and the manager
// process, once for all caches. Errors are placed at the directive.
func Declare(b *cycle.Builder, call *directive.Call) (*Cache, error) {
	p, err := ParsePath(call.Name, call.Args, b.Path)
	if err != nil {
		return nil, err
	}
	z, err := zone.Of(b.Cycle).Declare(p.Name, p.Size, zone.KindCacheKeys)
	if err != nil {
		return nil, directive.Errorf("%s", err)
	}
	if z.Data != nil {
		return nil, directive.Errorf("duplicate zone \"%s\"", p.Name)
	}
	c := &Cache{Path: p, Zone: z}
	z.Data = c
	b.AddPath(p.Folder)
	return c, nil
}

// Refer gives the zone that a directive like proxy_cache names; it may be declared
// later. Of gives its cache when all has been read.
func Refer(b *cycle.Builder, name string) (*zone.Zone, error) {
	z, err := zone.Of(b.Cycle).Declare(name, 0, zone.KindCacheKeys)
	if err != nil {
		return nil, directive.Errorf("%s", err)
	}
	return z, nil
}

// Of is the cache of a zone, nil while none is declared.
func Of(z *zone.Zone) *Cache {
	c, _ := z.Data.(*Cache)
	return c
}

// Find gives the cache of a zone's name, nil for none.
func Find(zs *zone.Zones, name string) *Cache {
	if z := zs.Find(name); z != nil {
		return Of(z)
	}
	return nil
}

// Open attaches this process to the index. It may be called by each who uses the cache.
func (c *Cache) Open() error { return nil }
