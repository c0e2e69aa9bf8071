package gateway

import (
	"context"
	"slices"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/proxycache"
)

// kept is what proxy-cache keeps. It lies in memory of all processes of this node and in
// files, so that what is purged here is gone for every worker.
func (o *office) kept() (*proxycache.Stores, error) {
	cf := o.main
	cache, err := zone.OpenDict(cf.cache)
	if err != nil {
		return nil, err
	}
	counts, err := zone.OpenDict(cf.counts)
	if err != nil {
		return nil, err
	}
	s := &proxycache.Stores{Cache: cache, Counts: counts, Root: proxycache.FolderRoot(cf.data), Zones: proxycache.Zones(o.zones)}
	for _, c := range s.Zones {
		if err := c.Open(); err != nil {
			return nil, err
		}
	}
	s.Used = func(name string) bool { return proxycache.ZonesOf(o.desired.State())[name] }
	return s, nil
}

// knowing has configurations judged by what the server's says: proxy-cache may name a zone.
func knowing(kinds []*plugin.Plugin, zs *zone.Zones) []*plugin.Plugin {
	list := slices.Clone(kinds)
	if i := slices.Index(list, &proxycache.Plugin); i >= 0 {
		list[i] = proxycache.Knowing(zs)
	}
	return list
}

// caches implements admin.Caches.
type caches struct{ *proxycache.Stores }

// Show implements admin.Caches. It reads the clock first: what is over by now is not there
// any more, and no loop of this process has read it for others.
func (c caches) Show(plugin, key string) any {
	event.UpdateTime()
	if s := c.Stores.Show(plugin, key); s != nil {
		return s
	}
	return nil
}

// foldersEvery is how often folders are looked at.
const foldersEvery = 10 * time.Second

// folders keeps what proxy-cache has on disk within its bounds.
func (o *office) folders(ctx context.Context) error {
	counts, err := zone.OpenDict(o.main.counts)
	if err != nil {
		return err
	}
	m := proxycache.Manager{Root: proxycache.FolderRoot(o.main.data), Counts: counts}
	tick := time.NewTicker(foldersEvery)
	defer tick.Stop()
	for {
		if s, revision := o.desired.Now(); revision > 0 {
			event.UpdateTime()
			if err := m.Round(s); err != nil {
				o.log("proxy-cache: " + err.Error())
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
