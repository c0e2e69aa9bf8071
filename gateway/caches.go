package gateway

import (
	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/plugin/proxycache"
)

// kept is what proxy-cache keeps. It lies in memory of all processes of this node, so that
// what is purged here is gone for every worker.
func (cf *mainConf) kept() (*proxycache.Store, error) {
	cache, err := zone.OpenDict(cf.cache)
	if err != nil {
		return nil, err
	}
	counts, err := zone.OpenDict(cf.counts)
	if err != nil {
		return nil, err
	}
	return &proxycache.Store{Cache: cache, Counts: counts}, nil
}

// caches implements admin.Caches.
type caches struct{ *proxycache.Store }

// Show implements admin.Caches. It reads the clock first: what is over by now is not there
// any more, and no loop of this process has read it for others.
func (c caches) Show(plugin, key string) any {
	event.UpdateTime()
	if s := c.Store.Show(plugin, key); s != nil {
		return s
	}
	return nil
}
