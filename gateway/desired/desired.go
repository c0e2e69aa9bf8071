package desired

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// Options of Open.
type Options struct {
	Now func() time.Time // time.Now if nil
	Log func(text string)
	// Retry is how long to wait after the store has failed; a second if 0.
	Retry time.Duration
	// Probe is how often the store is asked whether it is there; 5 seconds if 0.
	Probe time.Duration
	// Last is what is shown until the store has answered for the first time.
	Last *entity.State
}

// Desired is the desired state and the way to change it.
type Desired struct {
	store   store.Store
	model   *entity.Model
	options Options
	now     atomic.Pointer[moment]
	log     logGuard

	// One write at a time: a place for whoever writes, or takes what others have
	// written. Readers never wait for it, as the store may hang.
	writing chan struct{}
	loaded  atomic.Bool // changes in that place only
	feed    feed        // its lock also guards changes of now

	stop context.CancelFunc
	done sync.WaitGroup
}

// moment is a state and the revision that made it.
type moment struct {
	state    *entity.State
	revision uint64
	trouble  error // why the store can't be reached
}

// Open loads the state and follows the store until Close. A store that can't be
// reached is tried again and again; Err tells of it.
func Open(s store.Store, model *entity.Model, o Options) *Desired {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Retry == 0 {
		o.Retry = time.Second
	}
	if o.Probe == 0 {
		o.Probe = 5 * time.Second
	}
	last := o.Last
	if last == nil {
		last = entity.New(model)
	}
	ctx, stop := context.WithCancel(context.Background())
	d := &Desired{store: s, model: model, options: o, stop: stop, writing: make(chan struct{}, 1)}
	d.log = logGuard{now: o.Now, write: o.Log}
	d.now.Store(&moment{state: last})
	d.load(ctx)
	d.done.Go(func() { d.follow(ctx) })
	d.done.Go(func() { d.probe(ctx) })
	return d
}

// Close ends the following; the store is closed too.
func (d *Desired) Close() error {
	d.stop()
	d.done.Wait()
	d.feed.close()
	return d.store.Close()
}

// State is the state now, and stays what it is.
func (d *Desired) State() *entity.State { return d.now.Load().state }

// Now is the state with the number of its revision.
func (d *Desired) Now() (*entity.State, uint64) {
	m := d.now.Load()
	return m.state, m.revision
}

// Model is the tables that the state goes by.
func (d *Desired) Model() *entity.Model { return d.model }

// Err says why the store can't be reached, or nil.
func (d *Desired) Err() error { return d.now.Load().trouble }

// lock takes the writer's place.
func (d *Desired) lock(ctx context.Context) error {
	select {
	case d.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Desired) unlock() { <-d.writing }

func (d *Desired) setTrouble(err error) {
	d.feed.mu.Lock()
	defer d.feed.mu.Unlock()
	was := d.now.Load()
	switch {
	case err != nil:
		d.log.say("gateway store: " + err.Error())
	case was.trouble != nil:
		d.log.say("gateway store: reachable again")
	default:
		return
	}
	m := *was
	m.trouble = err
	d.now.Store(&m)
}

// load takes all from the store and tells followers what is different.
func (d *Desired) load(ctx context.Context) error {
	if err := d.lock(ctx); err != nil {
		return err
	}
	defer d.unlock()
	return d.reload(ctx)
}

func (d *Desired) reload(ctx context.Context) error {
	snap, err := d.store.Load(ctx)
	var next *entity.State
	if err == nil {
		next, err = snap.State(d.model)
	}
	if err != nil {
		d.loaded.Store(false) // nobody knows what a write would be done to
		err = fmt.Errorf("load: %w", err)
		d.setTrouble(err)
		return err
	}
	was := d.now.Load()
	known := d.loaded.Swap(true)
	if known && snap.Number == was.revision {
		d.setTrouble(nil)
		return nil
	}
	changes := entity.Diff(was.state, next)
	d.setTrouble(nil)
	d.swap(next, &entity.Revision{
		Number: snap.Number, Time: d.options.Now(), Who: Loaded, Why: "loaded", Changes: changes,
	})
	return nil
}

// swap makes a state the one that counts, from the writer's place.
func (d *Desired) swap(next *entity.State, r *entity.Revision) {
	d.feed.mu.Lock()
	defer d.feed.mu.Unlock()
	d.now.Store(&moment{state: next, revision: r.Number})
	d.feed.add(r)
}

// follow takes what others have written, and comes back after the store was away.
func (d *Desired) follow(ctx context.Context) {
	for ctx.Err() == nil {
		m := d.now.Load()
		known := d.loaded.Load() && m.trouble == nil
		var err error
		if !known {
			err = d.load(ctx) // also says that the store is back
		} else {
			err = d.store.Watch(ctx, m.revision, func(r entity.Revision) error { return d.take(ctx, &r) })
			if errors.Is(err, store.ErrGap) {
				err = d.load(ctx)
			}
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			continue
		}
		d.setTrouble(err)
		select {
		case <-ctx.Done():
		case <-time.After(d.options.Retry):
		}
	}
}

// take is a revision as the store tells it; our own are known already.
func (d *Desired) take(ctx context.Context, r *entity.Revision) error {
	if err := d.lock(ctx); err != nil {
		return err
	}
	defer d.unlock()
	return d.takeLocked(ctx, r)
}

func (d *Desired) takeLocked(ctx context.Context, r *entity.Revision) error {
	was := d.now.Load()
	d.setTrouble(nil)
	if r.Number <= was.revision {
		return nil
	}
	if r.Number != was.revision+1 {
		return d.reload(ctx)
	}
	next, err := was.state.Replay(r.Changes)
	if err != nil {
		return fmt.Errorf("revision %d: %w", r.Number, err)
	}
	d.swap(next, r)
	return nil
}

// probe asks the store now and then whether it is there: one that is followed
// says nothing while nothing changes.
func (d *Desired) probe(ctx context.Context) {
	const most = 5 * time.Second
	for {
		wait := d.options.Probe
		if d.Err() != nil {
			wait = d.options.Retry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		ask, cancel := context.WithTimeout(ctx, most)
		_, err := d.store.Revisions(ask, 0, 1)
		cancel()
		if ctx.Err() == nil && d.loaded.Load() {
			d.setTrouble(err)
		}
	}
}
