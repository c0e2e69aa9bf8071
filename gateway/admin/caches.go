package admin

// Caches is what plugins of the name proxy-cache keep on this node. plugin is the id of a
// configuration, key an X-Cache-Key.
type Caches interface {
	Show(plugin, key string) any // nil: there is nothing
	Purge(plugin, key string) (found bool, err error)
	PurgeAll() error
}

// cachePlugins are the configurations that a path means: the one that it names, or all.
func (c *call) cachePlugins() (ids []string, key string) {
	key = c.path[len(c.path)-1]
	s := c.Desired.State()
	if len(c.path) == 4 {
		if d := s.Find("plugins", c.path[1]); d != nil {
			return []string{d.ID}, key
		}
		return nil, key
	}
	for d := range s.All("plugins") {
		if name, _ := d.Fields()["name"].(string); name == "proxy-cache" {
			ids = append(ids, d.ID)
		}
	}
	return ids, key
}

func (c *call) cached() *reply {
	ids, key := c.cachePlugins()
	for _, id := range ids {
		if c.Caches == nil {
			break
		}
		if v := c.Caches.Show(id, key); v != nil {
			return ok(v)
		}
	}
	return notFound()
}

func (c *call) purge() *reply {
	ids, key := c.cachePlugins()
	found := false
	for _, id := range ids {
		if c.Caches == nil {
			break
		}
		if c.query.on("dry_run") {
			found = found || c.Caches.Show(id, key) != nil
			continue
		}
		there, err := c.Caches.Purge(id, key)
		if err != nil {
			return c.failed(err)
		}
		found = found || there
	}
	if !found {
		return notFound()
	}
	return c.done()
}

func (c *call) purgeAll() *reply {
	if c.Caches != nil && !c.query.on("dry_run") {
		if err := c.Caches.PurgeAll(); err != nil {
			return c.failed(err)
		}
	}
	return c.done()
}
