package desired

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"moongate/gateway/entity"
)

// Options of Open.
type Options struct {
	Now func() time.Time // time.Now if nil
	Log func(text string)
	// Retry is how long to wait after the store has failed; a second if 0.
	Retry time.Duration
	// Last is what is shown until the store has answered for the first time.
	Last *entity.State
}

// Desired is the desired state and the way to change it.
type Desired struct {
	store   Store
	model   *entity.Model
	options Options
	now     atomic.Pointer[moment]
	log     logGuard

	mu     sync.Mutex // one write at a time; guards loaded
	loaded bool
	feed   feed

	stop context.CancelFunc
	done chan struct{}
}

// moment is a state and the revision that made it.
type moment struct {
	state    *entity.State
	revision uint64
	trouble  error // why the store can't be reached
}

// Open loads the state and follows the store until Close. A store that can't be
// reached is tried again and again; Err tells of it.
func Open(store Store, model *entity.Model, o Options) *Desired {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Retry == 0 {
		o.Retry = time.Second
	}
	last := o.Last
	if last == nil {
		last = entity.New(model)
	}
	ctx, stop := context.WithCancel(context.Background())
	d := &Desired{store: store, model: model, options: o, stop: stop, done: make(chan struct{})}
	d.log = logGuard{now: o.Now, write: o.Log}
	d.now.Store(&moment{state: last})
	d.load(ctx)
	go d.follow(ctx)
	return d
}

// Close ends the following; the store is closed too.
func (d *Desired) Close() error {
	d.stop()
	<-d.done
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

func (d *Desired) trouble(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.setTrouble(err)
}

func (d *Desired) setTrouble(err error) {
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
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reload(ctx)
}

func (d *Desired) reload(ctx context.Context) error {
	snap, err := d.store.Load(ctx)
	if err != nil {
		err = fmt.Errorf("load: %w", err)
		d.setTrouble(err)
		return err
	}
	next, err := entity.Load(d.model, slices.Values(snap.Documents))
	if err != nil {
		err = fmt.Errorf("load: %w", err)
		d.setTrouble(err)
		return err
	}
	was := d.now.Load()
	if d.loaded && snap.Number == was.revision {
		d.setTrouble(nil)
		return nil
	}
	changes := entity.Diff(was.state, next)
	d.loaded = true
	d.setTrouble(nil)
	d.swap(next, &entity.Revision{
		Number: snap.Number, Time: d.options.Now(), Who: "store", Why: "loaded", Changes: changes,
	})
	return nil
}

// swap makes a state the one that counts; mu is held.
func (d *Desired) swap(next *entity.State, r *entity.Revision) {
	d.now.Store(&moment{state: next, revision: r.Number})
	d.feed.add(r)
}

// follow takes what others have written, and comes back after the store was away.
func (d *Desired) follow(ctx context.Context) {
	defer close(d.done)
	for ctx.Err() == nil {
		d.mu.Lock()
		m := d.now.Load()
		known := d.loaded && m.trouble == nil
		d.mu.Unlock()
		var err error
		if !known {
			err = d.load(ctx) // also says that the store is back
		} else {
			err = d.store.Watch(ctx, m.revision, func(r entity.Revision) error { return d.take(ctx, &r) })
			if errors.Is(err, ErrGap) {
				err = d.load(ctx)
			}
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			continue
		}
		d.trouble(err)
		select {
		case <-ctx.Done():
		case <-time.After(d.options.Retry):
		}
	}
}

// take is a revision as the store tells it; our own are known already.
func (d *Desired) take(ctx context.Context, r *entity.Revision) error {
	d.mu.Lock()
	defer d.mu.Unlock()
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
