package gateway

import (
	"cmp"
	"context"
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/feed"
	"moongate/gateway/plugin"
	"moongate/gateway/store"
	"moongate/gateway/store/bolt"
	"moongate/gateway/store/etcd"
	storefile "moongate/gateway/store/file"
)

// office is the gateway process: it has the store, answers the Admin API, and feeds the
// workers.
type office struct {
	main    *mainConf
	log     func(text string)
	notice  func(text string)
	model   *entity.Model
	kinds   []*plugin.Plugin
	plugins adminPlugins
	desired *desired.Desired
	feed    feed.Server

	// What workers are told, changed inside of feed.Publish.
	state    *entity.State
	revision uint64
	names    hosts
	checks   *checks
	acts     *acts

	applied applications
	served  func() []int // pids of the workers that take requests
	board   board
	gauges  gauges
	save    chan struct{} // something has changed since the file was written
}

// run is the life of the gateway process.
func (cf *mainConf) run(w *cycle.Worker) error {
	w.Hold() // what was asked is answered before the process ends
	defer w.Release()
	// When the process shall end, first the Admin API does: it answers what it was asked,
	// and waits for the workers while they are still told what is new.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	asked, end := context.WithCancel(ctx)
	defer end()
	go func() {
		select {
		case <-w.Done:
			end()
		case <-asked.Done():
		}
	}()
	socks, err := cf.sockets()
	if err != nil {
		return err
	}
	defer socks.close()
	over, err := cf.takeTurn(asked, w)
	if err != nil {
		if asked.Err() != nil {
			return nil
		}
		return err
	}
	defer over()
	kinds, err := cf.lua.kinds()
	if err != nil {
		return err
	}
	known := registryOf(kinds)
	o := &office{main: cf, kinds: kinds, plugins: adminPlugins{known, priorities(kinds)}, model: entity.NewModel(entity.Outside{Plugins: known}), save: make(chan struct{}, 1), names: hosts{wake: make(chan struct{}, 1)}, served: func() []int { return serving(w) },
		log: func(text string) { w.Log.Error(nil, "gateway: %s", text) }, notice: func(text string) { w.Log.Notice(nil, "gateway: %s", text) }}
	st, err := o.open(asked)
	if err != nil {
		if asked.Err() != nil {
			return nil
		}
		return err
	}
	last := o.lastGood()
	o.state = cmp.Or(last, entity.New(o.model))
	if o.feed.Secret, err = cf.secret(); err != nil {
		return err
	}
	o.feed.Snapshot = o.snapshot
	o.feed.Report = o.report
	o.feed.Joined = func(w feed.Worker) { o.applied.join(w.Pid) }
	o.feed.Left = func(w feed.Worker) { o.applied.forget(w.Pid) }
	if o.checks, err = newChecks(o); err != nil {
		return err
	}
	var all, api sync.WaitGroup
	among := func(g *sync.WaitGroup, f func() error) {
		g.Go(func() {
			if err := f(); err != nil && asked.Err() == nil {
				o.log(err.Error())
				end() // the master starts another process
			}
		})
	}
	serve := func(f func() error) { among(&all, f) }
	// A store that does not answer must not keep workers from what was good last.
	var once sync.Once
	begin := func() { once.Do(func() { serve(func() error { return o.feed.Serve(socks.feed) }) }) }
	late := time.AfterFunc(storePatience, begin)
	defer late.Stop()
	o.desired = desired.Open(st, o.model, desired.Options{Log: o.log, Last: last})
	defer o.desired.Close()
	if o.acts, err = o.newActs(); err != nil {
		return err
	}
	var follower *desired.Follower
	o.feed.Publish(func() []byte {
		if s, revision, f := o.desired.Follow(); revision > 0 || last == nil {
			o.state, o.revision, follower = s, revision, f
		} else {
			follower = f
		}
		return o.snapshot()
	})
	if o.revision > 0 {
		o.acts.catchUp(ctx, o.revision)
	}
	begin()
	serve(func() error { return o.follow(ctx, follower) })
	serve(func() error { return o.keep(ctx) })
	serve(func() error { return o.steer(ctx) })
	serve(func() error { return o.names.follow(ctx, o) })
	serve(func() error { return o.checks.follow(ctx) })
	if err := o.gauges.open(cf, w); err != nil {
		return err
	}
	serve(func() error { return o.sweep(ctx) })
	if socks.admin != nil || socks.open != nil {
		h, err := o.admin(w)
		if err != nil {
			return err
		}
		if socks.admin != nil {
			among(&api, func() error { return h.Serve(asked, socks.admin) })
		}
		if socks.open != nil {
			among(&api, func() error { return h.ServeOpen(asked, socks.open) })
		}
		if h.Tokens != nil {
			all.Go(func() { h.Tokens.Follow(ctx, time.Second, o.notice) })
		}
	}
	<-asked.Done()
	api.Wait()
	cancel()
	socks.feed.Close()
	o.feed.Close()
	all.Wait()
	return nil
}

// storePatience is how long workers that have just been started wait for the store.
const storePatience = 500 * time.Millisecond

// open opens the store. A file that the gateway process before this one still has is
// waited for: after a reload the old one ends when the new one is there.
func (o *office) open(ctx context.Context) (store.Store, error) {
	kind, _ := storeKind(o.main.store)
	switch kind {
	case "etcd":
		return etcd.Open(o.main.store, etcd.Options{})
	case "file":
		return storefile.Open(o.main.storePath, o.model, storefile.Options{Log: func(err error) { o.log(err.Error()) }})
	}
	for said := false; ; said = true {
		s, err := bolt.Open(o.main.storePath, bolt.Options{})
		if err == nil {
			return s, nil
		}
		if !said {
			o.log(err.Error())
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
