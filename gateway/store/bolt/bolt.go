// Package bolt keeps the desired state in one file on this machine (bbolt: a
// B+ tree, one writer, each transaction followed by fsync). It is the store that
// needs nothing else to be installed.
//
// The file has these buckets:
//
//	meta       "number": the newest revision, "format": 1
//	documents  one bucket for each kind; id: document
//	revisions  number, 8 bytes, big endian: revision as JSON
package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"go.etcd.io/bbolt"

	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// Keep is how many revisions stay in the history when Options say nothing.
const Keep = 10_000

// Options may be zero.
type Options struct {
	Keep int // revisions in the history
}

// Store is a file.
type Store struct {
	path string
	keep uint64
	news store.Bell
	once sync.Once
	done chan struct{}

	mu sync.Mutex
	db *bbolt.DB   // nil while it is not open
	is os.FileInfo // which file it is
}

var _ store.Store = (*Store)(nil)

var (
	meta      = []byte("meta")
	documents = []byte("documents")
	revisions = []byte("revisions")
	numberKey = []byte("number")
	formatKey = []byte("format")
	format    = []byte("1")
)

// Open opens or makes the file. It waits a second for another process that has
// it open, as during an upgrade.
func Open(path string, o Options) (*Store, error) {
	s := Late(path, o)
	if _, err := s.file(); err != nil {
		return nil, err
	}
	return s, nil
}

func prepare(tx *bbolt.Tx) error {
	for _, name := range [][]byte{meta, documents, revisions} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	switch have := tx.Bucket(meta).Get(formatKey); {
	case have == nil:
		return tx.Bucket(meta).Put(formatKey, format)
	case string(have) != string(format):
		return fmt.Errorf("the file has format %s, this program knows %s", have, format)
	}
	return nil
}

func newest(tx *bbolt.Tx) uint64 {
	b := tx.Bucket(meta).Get(numberKey)
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

func key(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// Load reads all documents in one transaction.
func (s *Store) Load(context.Context) (*store.Snapshot, error) {
	out := &store.Snapshot{}
	err := s.view(func(tx *bbolt.Tx) error {
		out.Number = newest(tx)
		all := tx.Bucket(documents)
		return all.ForEachBucket(func(kind []byte) error {
			return all.Bucket(kind).ForEach(func(id, raw []byte) error {
				d := &entity.Document{Kind: string(kind), ID: string(id), Raw: append(json.RawMessage(nil), raw...)}
				out.Documents = append(out.Documents, d)
				return nil
			})
		})
	})
	return out, err
}

// Write is one transaction; bbolt has it on the disk when Update returns.
func (s *Store) Write(_ context.Context, r entity.Revision, expected uint64) error {
	r.Number = expected + 1
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	err = s.update(func(tx *bbolt.Tx) error {
		if newest(tx) != expected {
			return store.ErrConflict
		}
		for _, c := range r.Changes {
			if err := change(tx.Bucket(documents), c); err != nil {
				return err
			}
		}
		if err := tx.Bucket(revisions).Put(key(r.Number), b); err != nil {
			return err
		}
		if r.Number > s.keep {
			if err := tx.Bucket(revisions).Delete(key(r.Number - s.keep)); err != nil {
				return err
			}
		}
		return tx.Bucket(meta).Put(numberKey, key(r.Number))
	})
	if err == nil {
		s.news.Ring()
	}
	return err
}

func change(all *bbolt.Bucket, c entity.Change) error {
	b, err := all.CreateBucketIfNotExists([]byte(c.Kind))
	if err != nil {
		return err
	}
	if c.New == nil {
		return b.Delete([]byte(c.ID))
	}
	return b.Put([]byte(c.ID), c.New)
}

// Revisions walks the history backwards.
func (s *Store) Revisions(_ context.Context, before uint64, limit int) (out []entity.Revision, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(revisions).Cursor()
		k, v := c.Last()
		if before != 0 {
			if k, _ = c.Seek(key(before)); k == nil {
				k, v = c.Last()
			} else {
				k, v = c.Prev()
			}
		}
		for ; k != nil && len(out) < limit; k, v = c.Prev() {
			r, err := decode(v)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

func decode(b []byte) (r entity.Revision, err error) {
	if err = json.Unmarshal(b, &r); err != nil {
		err = fmt.Errorf("a revision can't be read: %w", err)
	}
	return r, err
}

// Watch sees the writes of this process: nobody else has the file open.
func (s *Store) Watch(ctx context.Context, from uint64, each func(entity.Revision) error) error {
	return store.Follow(ctx, &s.news, s.done, s.after, from, each)
}

// after is some revisions that follow a number.
func (s *Store) after(from uint64) (out []entity.Revision, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		if newest(tx) < from {
			return store.ErrGap // the file is another one
		}
		c := tx.Bucket(revisions).Cursor()
		for k, v := c.Seek(key(from + 1)); k != nil && len(out) < 100; k, v = c.Next() {
			if binary.BigEndian.Uint64(k) != from+1+uint64(len(out)) {
				return store.ErrGap
			}
			r, err := decode(v)
			if err != nil {
				return err
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}
