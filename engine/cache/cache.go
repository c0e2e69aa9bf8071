package cache

import (
	"fmt"
	"os"
	"sync"
	"time"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/engine/zone"
)

// Cache is a folder of answers with its index. It is declared by a directive, and in
// each process opened before it is used.
type Cache struct {
	*Path
	Zone *zone.Zone

	at        syntax.Pos
	bellsZone *zone.Zone
	log       *errlog.Log // of the process
	opened    sync.Once
	openErr   error
	index     *index
	bells     *zone.Bells
	inactive  int64 // seconds
	maxBlocks int64
	clock     func() int64 // nanoseconds since 1970
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
	c := newCache(p, z)
	c.log, c.at = &b.Log, call.Node.Pos
	for _, other := range zone.Of(b.Cycle).All() {
		if o := Of(other); o != nil && o.Folder == p.Folder {
			return nil, directive.Errorf("the same path name \"%s\" used in %s:%d and", p.Folder, o.at.File, o.at.Line)
		}
	}
	z.Data, z.Keep = c, c.keep
	if c.bellsZone, err = zone.Of(b.Cycle).Declare(bellsName, zone.BellsSize, zone.KindBells); err != nil {
		return nil, directive.Errorf("%s", err)
	}
	b.AddPath(p.Folder)
	addManager(b)
	return c, nil
}

// bellsName is that of the memory by which requests wake each other, a name that no
// configuration can write.
const bellsName = "\x00cache bells"

func newCache(p *Path, z *zone.Zone) *Cache {
	return &Cache{Path: p, Zone: z, inactive: int64(p.Inactive / time.Second), clock: event.UnixNano}
}

// keep is asked before the index of the generation before is taken over
// (ngx_http_file_cache_init).
func (c *Cache) keep(old *zone.Zone) error {
	was := Of(old)
	switch {
	case was == nil:
	case was.Folder != c.Folder:
		return fmt.Errorf("cache \"%s\" uses the \"%s\" cache path while previously it used the \"%s\" cache path", c.Name, c.Folder, was.Folder)
	case was.Levels != c.Levels:
		return fmt.Errorf("cache \"%s\" had previously different levels", c.Name)
	}
	return nil
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

// Open attaches this process to the index. Each who uses the cache may call it.
func (c *Cache) Open() error {
	c.opened.Do(func() { c.openErr = c.open() })
	return c.openErr
}

func (c *Cache) open() (err error) {
	seg := c.Zone.Segment()
	if seg == nil {
		return zone.ErrUnbound
	}
	block, _, no := file.Space(c.Folder)
	if no != 0 || block%512 != 0 || block > int64(os.Getpagesize()) {
		block = 512
	}
	if c.index, err = openIndex(seg, c.Name, block); err != nil {
		return fmt.Errorf("cache keys zone \"%s\": %w", c.Name, err)
	}
	c.maxBlocks = c.MaxSize / c.index.blockSize
	c.bells, err = bellsOf(c.bellsZone)
	return err
}

// bellsOf opens the bells once for all caches of this process's generation.
func bellsOf(z *zone.Zone) (*zone.Bells, error) {
	bellsMu.Lock()
	defer bellsMu.Unlock()
	if b, ok := z.Data.(*zone.Bells); ok {
		return b, nil
	}
	b, err := zone.OpenBells(z)
	if err == nil {
		z.Data = b
	}
	return b, err
}

var bellsMu sync.Mutex

func (c *Cache) now() int64   { return c.clock() / 1e9 }
func (c *Cache) milli() int64 { return c.clock() / 1e6 }

// blocks is how many blocks so many bytes take.
func (c *Cache) blocks(bytes int64) int64 {
	return (bytes + c.index.blockSize - 1) / c.index.blockSize
}

func (c *Cache) noRoom(log *errlog.Log) {
	log.Alert(nil, "could not allocate node in cache keys zone \"%s\"", c.Name)
}
