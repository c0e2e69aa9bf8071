package proxycache

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"moongate/engine/cache"
	"moongate/engine/zone"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// folder is the name of the folder that has the answers, where no zone has them.
func (c *config) folder() string { return cmp.Or(c.Disk.Name, "answers") }

// Zones are the caches that a configuration of the server declares, by name in its order.
func Zones(zs *zone.Zones) (list []*cache.Cache) {
	if zs == nil {
		return nil
	}
	for _, z := range zs.All() {
		if c := cache.Of(z); c != nil {
			list = append(list, c)
		}
	}
	return list
}

// ZonesOf are the names of the zones that configurations name.
func ZonesOf(s *entity.State) map[string]bool {
	names := map[string]bool{}
	for d := range s.All("plugins") {
		e, err := entity.Decode[entity.Plugin](d)
		var c config
		if err == nil && e.Name == Plugin.Name && json.Unmarshal(e.Config, &c) == nil && c.Strategy == "disk" && c.Disk.Zone != "" {
			names[c.Disk.Zone] = true
		}
	}
	return names
}

// noZone says that there is no such zone, and which there are.
func noZone(name string, zs *zone.Zones) string {
	var names []string
	for _, c := range Zones(zs) {
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return fmt.Sprintf("nginx.conf has no cache zone %q, and no other: proxy_cache_path in http {} declares one", name)
	}
	return fmt.Sprintf("nginx.conf has no cache zone %q, it has: %s", name, strings.Join(names, ", "))
}

// Knowing is the plugin for those who judge configurations and know the server's: a zone
// has to be there.
func Knowing(zs *zone.Zones) *plugin.Plugin {
	p := Plugin
	p.Checks = append(p.Checks[:len(p.Checks):len(p.Checks)], schema.Check{Kind: schema.Custom, Func: func(doc map[string]any) schema.Faults {
		name, _ := schema.Get(doc, "config.disk.zone").(string)
		if strategy, _ := schema.Get(doc, "config.strategy").(string); name == "" || strategy != "disk" || cache.Find(zs, name) != nil {
			return nil
		}
		return schema.Faults{{Pointer: "/config/disk/zone", Message: noZone(name, zs)}}
	}})
	return &p
}

// openZone finds the zone. A configuration may be older than the server's, or another
// node's: without the zone requests pass by as if nothing could be kept, which is better
// than none at all.
func (i *instance) openZone() error {
	c := (*cache.Cache)(nil)
	if i.env.Zones != nil {
		c = cache.Find(i.env.Zones, i.Disk.Zone)
	}
	if c == nil {
		i.lost = true
		i.env.Log.Error(nil, "gateway: proxy-cache %s keeps nothing: %s", i.id, noZone(i.Disk.Zone, i.env.Zones))
		return nil
	}
	i.store.Zone = c
	return c.Open()
}
