package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// Revisions reads the history backwards.
func (s *Store) Revisions(ctx context.Context, before uint64, limit int) ([]entity.Revision, error) {
	if limit <= 0 {
		return nil, nil
	}
	end := after(s.revisionsKey())
	if before != 0 {
		end = s.revisionKey(before)
	}
	return s.history(ctx, s.revisionsKey(), end, "DESCEND", limit)
}

func (s *Store) history(ctx context.Context, from, end, order string, limit int) (out []entity.Revision, err error) {
	r, err := s.get(ctx, &rangeRequest{Key: []byte(from), End: []byte(end), SortTarget: "KEY", SortOrder: order, Limit: int64(limit)})
	if err != nil {
		return nil, err
	}
	for _, kv := range r.Kvs {
		rev, err := s.decode(ctx, kv.Value)
		if err != nil {
			return nil, err
		}
		out = append(out, rev)
	}
	return out, nil
}

func (s *Store) decode(ctx context.Context, b []byte) (entity.Revision, error) {
	var r stored
	if err := json.Unmarshal(b, &r); err != nil {
		return r.Revision, fmt.Errorf("etcd: a revision can't be read: %w", err)
	}
	var err error
	if r.Chunks != "" {
		r.Changes, err = s.chunks(ctx, r.Chunks, 0)
	}
	return r.Revision, err
}

// pause is how long a Watch waits before it asks a cluster again that is away.
const pause = 100 * time.Millisecond

// given wraps an error of each, which ends the Watch.
type given struct{ error }

// Watch reads what is there already, and then follows; when the cluster goes
// away it begins again where it was.
func (s *Store) Watch(ctx context.Context, from uint64, each func(entity.Revision) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	next := from + 1
	for {
		err := s.follow(ctx, &next, each)
		var own given
		switch {
		case errors.As(err, &own):
			return own.error
		case s.ctx.Err() != nil:
			return store.ErrClosed
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, store.ErrGap):
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

func (s *Store) follow(ctx context.Context, next *uint64, each func(entity.Revision) error) error {
	at, err := s.catchUp(ctx, next, each)
	if err != nil {
		return err
	}
	return s.client.watch(ctx, s.revisionsKey(), at+1, func(value []byte) error {
		rev, err := s.decode(ctx, value)
		if err != nil {
			return err
		}
		return deliver(rev, next, each)
	})
}

// catchUp delivers what is in the history and returns etcd's revision up to
// which nothing is missing.
func (s *Store) catchUp(ctx context.Context, next *uint64, each func(entity.Revision) error) (int64, error) {
	for {
		r, err := s.get(ctx, get(s.headKey()))
		if err != nil {
			return 0, err
		}
		h, err := s.parseHead(r)
		if err != nil {
			return 0, err
		}
		if *next > h.Number+1 {
			return 0, store.ErrGap // the cluster is another one
		}
		if *next == h.Number+1 {
			return r.Header.Revision, nil
		}
		list, err := s.history(ctx, s.revisionKey(*next), after(s.revisionsKey()), "ASCEND", 100)
		if err != nil {
			return 0, err
		}
		if len(list) == 0 {
			return 0, store.ErrGap
		}
		for _, rev := range list {
			if err := deliver(rev, next, each); err != nil {
				return 0, err
			}
		}
	}
}

func deliver(r entity.Revision, next *uint64, each func(entity.Revision) error) error {
	if r.Number < *next {
		return nil
	}
	if r.Number > *next {
		return store.ErrGap
	}
	if err := each(r); err != nil {
		return given{err}
	}
	*next = r.Number + 1
	return nil
}
