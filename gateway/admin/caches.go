package admin

import "moongate/gateway/entity"

// Caches is what plugins of the name proxy-cache keep on this node. plugin is the id of a
// configuration, key an X-Cache-Key.
type Caches interface {
	Show(plugin, key string) any // nil: there is nothing
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
	if _, v := c.kept(); v != nil {
		return ok(v)
	}
	return notFound()
}

// kept is the answer that a path means, if this node has it.
func (c *call) kept() (plugins []string, answer any) {
	plugins, key := c.cachePlugins()
	if c.Caches == nil {
		return nil, nil
	}
	for _, id := range plugins {
		if answer = c.Caches.Show(id, key); answer != nil {
			break
		}
	}
	return plugins, answer
}

// purge throws out one answer. Where there are other nodes, one of them may have it.
func (c *call) purge() *reply {
	plugins, answer := c.kept()
	if answer == nil && (len(plugins) == 0 || !c.Node.Shared) {
		return notFound()
	}
	a := entity.Act{Name: entity.Purge, Kind: "plugins", Of: c.path[len(c.path)-1]}
	if len(c.path) == 4 {
		a.ID = plugins[0]
	}
	return c.act(a)
}

func (c *call) purgeAll() *reply { return c.act(entity.Act{Name: entity.Purge, Kind: "plugins"}) }

// purgePlugin throws out what one configuration keeps.
func (c *call) purgePlugin() *reply {
	d := c.Desired.State().Find("plugins", c.path[1])
	if d == nil {
		return notFound()
	}
	return c.act(entity.Act{Name: entity.Purge, Kind: "plugins", ID: d.ID})
}
