// Package file is the store without a store: a declarative file (YAML or JSON)
// that people write. The program never writes it. It is looked at a few times a
// second; a change that is valid becomes a revision, one that is not is logged,
// and what was there before stays.
//
// Numbers of revisions count from 1 in each process: the file has no history.
package file

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"moongate/gateway/declarative"
	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// Options may be zero.
type Options struct {
	Every time.Duration // how often the file is looked at: 0.2 s
	Keep  int           // revisions in the history: 100
	Log   func(error)   // told what is wrong with a changed file, once
}

// Store is an open file.
type Store struct {
	path string
	o    Options
	news store.Bell
	stop context.CancelFunc
	done chan struct{}

	mu      sync.Mutex
	state   *entity.State
	number  uint64
	history []entity.Revision
	fault   error // why the file was never valid
}

var _ store.Store = (*Store)(nil)

// Open reads the file, which must be valid, and watches it until Close.
func Open(path string, m *entity.Model, o Options) (*Store, error) {
	s := Late(path, m, o)
	if _, err := s.Load(context.Background()); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Late is Open of a file that may be valid later: Load fails until then.
func Late(path string, m *entity.Model, o Options) *Store {
	if o.Every <= 0 {
		o.Every = 200 * time.Millisecond
	}
	if o.Keep <= 0 {
		o.Keep = 100
	}
	if o.Log == nil {
		o.Log = func(error) {}
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Store{path: path, o: o, state: entity.New(m), stop: stop, done: make(chan struct{})}
	seen := stat(path) // before reading: a change in between is seen later
	s.fault = s.read()
	go s.poll(ctx, seen)
	return s
}

// Close ends all Watches.
func (s *Store) Close() error {
	s.stop()
	<-s.done
	s.news.Ring()
	return nil
}

// read makes the file's contents the state, as a revision if that changes it.
func (s *Store) read() error {
	text, err := os.ReadFile(s.path)
	if err != nil {
		return err
	}
	doc, err := declarative.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	r, err := declarative.Replace(s.state, doc, now)
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	s.state, s.fault = r.State, nil
	if len(r.Changes) == 0 {
		s.number = max(s.number, 1) // a file that says nothing is a revision too
		return nil
	}
	s.add(entity.Revision{Time: now.UTC(), Who: "file", Why: s.path, Changes: r.Changes})
	return nil
}

// still says why a file that never was valid is not.
func (s *Store) still(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		s.fault = err
	}
}

// add makes a revision the newest one.
func (s *Store) add(r entity.Revision) {
	s.number++
	r.Number = s.number
	s.history = append(s.history, r)
	if extra := len(s.history) - s.o.Keep; extra > 0 {
		s.history = slices.Clone(s.history[extra:])
	}
	s.news.Ring()
}

// identity changes when a file does; editors that write another file and rename
// it change more than the time.
type identity struct {
	time time.Time
	size int64
	info os.FileInfo
}

func stat(path string) identity {
	i, err := os.Stat(path)
	if err != nil {
		return identity{}
	}
	return identity{i.ModTime(), i.Size(), i}
}

func (a identity) same(b identity) bool {
	return a.time.Equal(b.time) && a.size == b.size && (a.info == nil) == (b.info == nil) && (a.info == nil || os.SameFile(a.info, b.info))
}

// poll reads the file when it has changed and then stayed as it is for one round:
// who is still writing is left in peace.
func (s *Store) poll(ctx context.Context, read identity) {
	defer close(s.done)
	tick := time.NewTicker(s.o.Every)
	defer tick.Stop()
	last := read
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := stat(s.path)
		settled := now.same(last)
		last = now
		if !settled || now.same(read) {
			continue
		}
		read = now
		if err := s.read(); err != nil {
			s.still(err)
			s.o.Log(err)
		}
	}
}

// Load is what the file said when it was last valid.
func (s *Store) Load(context.Context) (*store.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != nil {
		return nil, s.fault
	}
	out := &store.Snapshot{Number: s.number}
	for _, k := range s.state.Model().Kinds() {
		out.Documents = slices.AppendSeq(out.Documents, s.state.All(k.Name))
	}
	return out, nil
}

// Write is refused, unless it changes no document.
func (s *Store) Write(_ context.Context, r entity.Revision, expected uint64) error {
	if len(r.Changes) > 0 {
		return store.ErrReadOnly
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.number != expected {
		return store.ErrConflict
	}
	s.add(r)
	return nil
}

// Revisions are those of this process.
func (s *Store) Revisions(_ context.Context, before uint64, limit int) (out []entity.Revision, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Backward(s.history) {
		if len(out) < limit && (before == 0 || r.Number < before) {
			out = append(out, r)
		}
	}
	return out, nil
}

// Watch calls each with the changes of the file.
func (s *Store) Watch(ctx context.Context, from uint64, each func(entity.Revision) error) error {
	return store.Follow(ctx, &s.news, s.done, s.after, from, each)
}

func (s *Store) after(from uint64) ([]entity.Revision, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.history, func(r entity.Revision) bool { return r.Number == from+1 })
	switch {
	case from == s.number:
		return nil, nil
	case i < 0:
		return nil, store.ErrGap
	}
	return slices.Clone(s.history[i:]), nil
}
