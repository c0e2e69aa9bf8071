package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"go.etcd.io/bbolt"
	bolterr "go.etcd.io/bbolt/errors"

	"moongate/gateway/store"
)

// Late is a store whose file is opened when it is needed: until then, and while another
// process has it, each call fails and the next one tries again.
func Late(path string, o Options) *Store {
	if o.Keep <= 0 {
		o.Keep = Keep
	}
	return &Store{path: path, keep: uint64(o.Keep), done: make(chan struct{})}
}

// file is the open file. One that was removed or replaced is not written to: what is
// acknowledged would be gone with the process. Nor is the one in its place opened, whose
// history is not that of the state that is known.
func (s *Store) file() (*bbolt.DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		return nil, store.ErrClosed
	default:
	}
	if s.db == nil {
		if err := s.open(); err != nil {
			return nil, err
		}
	}
	switch now, err := os.Stat(s.path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: the file was removed: put it back, or reload to begin with an empty one", s.path)
	case err != nil:
		return nil, err
	case !os.SameFile(now, s.is):
		return nil, fmt.Errorf("%s: the file was replaced: reload to take the other one", s.path)
	}
	return s.db, nil
}

func (s *Store) open() error {
	db, err := bbolt.Open(s.path, 0o600, &bbolt.Options{
		Timeout: time.Second,
		OpenFile: func(name string, flag int, mode fs.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, mode)
			if err != nil {
				return nil, err
			}
			s.is, err = f.Stat()
			return f, err
		},
	})
	if errors.Is(err, bolterr.ErrTimeout) {
		return fmt.Errorf("%s: another process has it open", s.path)
	}
	if err == nil {
		if err = db.Update(prepare); err != nil {
			db.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	s.db = db
	return nil
}

func (s *Store) view(f func(*bbolt.Tx) error) error {
	return s.do(func(db *bbolt.DB) error { return db.View(f) })
}

func (s *Store) update(f func(*bbolt.Tx) error) error {
	return s.do(func(db *bbolt.DB) error { return db.Update(f) })
}

func (s *Store) do(f func(*bbolt.DB) error) error {
	db, err := s.file()
	if err != nil {
		return err
	}
	if err = f(db); errors.Is(err, bolterr.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}

// Close ends all Watches.
func (s *Store) Close() error {
	s.once.Do(func() { close(s.done) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}
