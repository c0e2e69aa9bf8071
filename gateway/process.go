package gateway

import (
	"cmp"
	"net"
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/engine/zone"
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
	zones   *zone.Zones // of the server
	log     func(text string)
	notice  func(text string)
	model   *entity.Model
	kinds   []*plugin.Plugin
	plugins adminPlugins
	shared  store.Store
	desired *desired.Desired
	feed    feed.Server

	// What workers are told, changed inside of feed.Publish.
	state    *entity.State
	revision uint64
	names    hosts
	checks   *checks
	acts     *acts
	nodes    *nodes

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
	t := newTasks(w)
	defer t.stop()
	socks, err := cf.sockets()
	if err != nil {
		return err
	}
	defer socks.close()
	over, err := cf.takeTurn(t.asked, w)
	if err != nil {
		return t.unlessEnding(err)
	}
	defer over()
	o, err := cf.newOffice(w)
	if err != nil {
		return err
	}
	st, err := o.open()
	if err != nil {
		return err
	}
	if err := o.newNodes(w, st); err != nil {
		return err
	}
	o.shared = st
	follower := o.load(t, st, socks.feed)
	defer o.desired.Close()
	if err := o.work(t, follower); err != nil {
		return err
	}
	if err := o.answer(t, w, &socks); err != nil {
		return err
	}
	t.answered()
	socks.feed.Close()
	o.feed.Close()
	t.all.Wait()
	return nil
}

// newOffice makes all that does not need the store.
func (cf *mainConf) newOffice(w *cycle.Worker) (*office, error) {
	kinds, err := cf.lua.kinds()
	if err != nil {
		return nil, err
	}
	zones := zone.Of(w.Cycle)
	known := registryOf(knowing(kinds, zones))
	o := &office{
		main: cf, zones: zones, kinds: kinds, plugins: adminPlugins{known, priorities(kinds)}, model: entity.NewModel(Outside(known)),
		save: make(chan struct{}, 1), names: hosts{wake: make(chan struct{}, 1)}, served: func() []int { return serving(w) },
		log: logger(w), notice: func(text string) { w.Log.Notice(nil, "gateway: %s", text) },
	}
	if o.feed.Secret, err = cf.secret(); err != nil {
		return nil, err
	}
	o.feed.Snapshot = o.snapshot
	o.feed.Report = o.report
	o.feed.Joined = func(w feed.Worker) { o.applied.join(w.Pid) }
	o.feed.Left = func(w feed.Worker) { o.applied.forget(w.Pid) }
	if o.checks, err = newChecks(o); err != nil {
		return nil, err
	}
	return o, o.gauges.open(cf, w)
}

// load reads the store, and has the workers told what it says, and after a while what was
// good last: a store that does not answer must not keep them from that.
func (o *office) load(t *tasks, st store.Store, workers net.Listener) *desired.Follower {
	last := o.lastGood()
	o.state = cmp.Or(last, entity.New(o.model))
	begin := sync.OnceFunc(func() { t.serve(func() error { return o.feed.Serve(workers) }) })
	late := time.AfterFunc(storePatience, begin)
	defer late.Stop()
	o.desired = desired.Open(st, o.model, desired.Options{Log: o.log, Last: last})
	var follower *desired.Follower
	empty := false
	o.feed.Publish(func() []byte {
		s, revision, f := o.desired.Follow()
		if follower = f; revision > 0 || last == nil {
			o.state, o.revision = s, revision
		} else {
			empty = o.desired.Err() == nil
		}
		return o.snapshot()
	})
	begin()
	if empty {
		o.log("the store is empty: requests are served by the state that was good last, until somebody writes")
	}
	return follower
}

// work begins what goes on beside the Admin API.
func (o *office) work(t *tasks, f *desired.Follower) (err error) {
	if o.acts, err = o.newActs(); err != nil {
		return err
	}
	t.serve(func() error { return o.follow(t.ctx, f) })
	t.serve(func() error { return o.keep(t.ctx) })
	t.serve(func() error { return o.steer(t.ctx) })
	t.serve(func() error { return o.names.follow(t.ctx, o) })
	t.serve(func() error { return o.checks.follow(t.ctx) })
	t.serve(func() error { return o.sweep(t.ctx) })
	t.serve(func() error { return o.nodes.show(t.ctx) })
	t.serve(func() error { return o.folders(t.ctx) })
	return nil
}

// answer begins the Admin API, where it listens.
func (o *office) answer(t *tasks, w *cycle.Worker, socks *sockets) error {
	if socks.admin == nil && socks.open == nil {
		return nil
	}
	h, err := o.admin(w)
	if err != nil {
		return err
	}
	if socks.admin != nil {
		t.answer(func() error { return h.Serve(t.asked, socks.admin) })
	}
	if socks.open != nil {
		t.answer(func() error { return h.ServeOpen(t.asked, socks.open) })
	}
	t.serve(func() error { return h.WatchLive(t.ctx) })
	t.all.Go(func() { h.Follow(t.ctx, o.notice) })
	return nil
}

// storePatience is how long workers that have just been started wait for the store.
const storePatience = 500 * time.Millisecond

// open opens the store, or what will open it: whatever keeps it away, the Admin API says so
// and requests are served.
func (o *office) open() (store.Store, error) {
	kind, _ := storeKind(o.main.store)
	switch kind {
	case "etcd":
		return etcd.Open(o.main.store, etcd.Options{})
	case "file":
		return storefile.Late(o.main.storePath, o.model, storefile.Options{Log: func(err error) { o.log(err.Error()) }}), nil
	}
	return bolt.Late(o.main.storePath, bolt.Options{}), nil
}
