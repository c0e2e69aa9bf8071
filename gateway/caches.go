package gateway

import (
	"context"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/plugin/proxycache"
)

// kept is what proxy-cache keeps. It lies in memory of all processes of this node and in
// folders, so that what is purged here is gone for every worker.
func (cf *mainConf) kept() (*proxycache.Stores, error) {
	cache, err := zone.OpenDict(cf.cache)
	if err != nil {
		return nil, err
	}
	counts, err := zone.OpenDict(cf.counts)
	if err != nil {
		return nil, err
	}
	return &proxycache.Stores{Cache: cache, Counts: counts, Root: proxycache.FolderRoot(cf.data)}, nil
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
