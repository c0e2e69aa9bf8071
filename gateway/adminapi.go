package gateway

import (
	"context"
	"time"

	"moongate/core/cycle"
	"moongate/core/version"
	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/store/cell"
	"moongate/gateway/store/etcd"
)

// admin makes the Admin API.
func (o *office) admin(w *cycle.Worker) (*admin.Handler, error) {
	id, err := o.main.node()
	if err != nil {
		return nil, err
	}
	kind, _ := storeKind(o.main.store)
	opts := admin.Options{Desired: o.desired, Plugins: o.plugins, Log: o.log, Applied: o.settle,
		Counts: o.counts, Health: o.checks, Metrics: o.metrics, Memory: o.memory, Nodes: o.nodes,
		Node: admin.Node{ID: id, Hostname: w.Cycle.Hostname, Version: version.Moongate, Nginx: version.Nginx, Store: kind, Shared: kind == "etcd", Started: time.Now(), Workers: o.pids,
			Proxy: o.main.listens(), Admin: o.main.adminListens()}}
	if err := o.watched(w, &opts); err != nil {
		return nil, err
	}
	if passer.Dashboard != nil {
		if opts.Hooks, err = admin.Dashboard(passer.Dashboard); err != nil {
			return nil, err
		}
	}
	kept, err := o.kept()
	if err != nil {
		return nil, err
	}
	opts.Caches = caches{kept}
	if !o.main.noToken && !o.main.noAdmin {
		if opts.Tokens, _, err = admin.OpenTokens(o.main.token); err != nil {
			return nil, err
		}
		opts.Sessions = admin.OpenSessions(o.main.data+"/gateway.sessions", time.Now(), o.log)
		opts.Journal = admin.OpenJournal(o.main.data+"/gateway.journal", o.log)
		opts.Users = o.users()
	}
	if opts.Explainer, err = o.explainer(); err != nil {
		return nil, err
	}
	o.gauges.node = opts.Node
	h, err := admin.New(opts)
	o.gauges.api = h
	o.checks.api.Store(h)
	return h, err
}

// users are kept where the nodes of a store share them, and have a copy here; or, where the
// store is this node's own, in a file beside it.
func (o *office) users() *admin.Users {
	here := cell.New(o.main.data + "/gateway.users")
	if shared, is := o.shared.(*etcd.Store); is {
		return admin.OpenUsers(context.Background(), shared.Cell("users"), here, o.log)
	}
	return admin.OpenUsers(context.Background(), here, nil, o.log)
}

func (o *office) pids() (list []int) {
	for _, w := range o.feed.Workers() {
		list = append(list, w.Pid)
	}
	return list
}

// adminPlugins tells the Admin API of the plugins that there are.
type adminPlugins struct {
	entity.Plugins
	priorities map[string]int
}

// Order implements admin.Plugins: Kong's priorities, as far as Kong has the plugin.
func (p adminPlugins) Order(name string) int { return p.priorities[name] }
