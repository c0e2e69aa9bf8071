package etcd

import (
	"context"
	"errors"
	"time"

	"moongate/gateway/store"
)

// cell is a value in a key below cells/, which is a part of nothing else.
type cell struct {
	*Store
	key string
}

// Cell is the value of a name. It is closed with the store.
func (s *Store) Cell(name string) store.Cell { return &cell{s, s.prefix + "cells/" + name} }

// Read implements store.Cell. Versions are etcd's revisions.
func (c *cell) Read(ctx context.Context) ([]byte, uint64, error) {
	r, err := c.get(ctx, get(c.key))
	if err != nil || len(r.Kvs) == 0 {
		return nil, 0, err
	}
	return r.Kvs[0].Value, uint64(r.Kvs[0].ModRevision), nil
}

// Write implements store.Cell.
func (c *cell) Write(ctx context.Context, value []byte, version uint64) error {
	q, r := txnRequest{
		If:   []compare{{Key: []byte(c.key), Target: "MOD", Result: "EQUAL", ModRevision: int64(version)}},
		Then: []op{put(c.key, string(value))},
	}, new(txnResponse)
	if err := c.client.write(ctx, "/v3/kv/txn", q, r); err != nil {
		return c.wrap(err)
	}
	if !r.Succeeded {
		return store.ErrConflict
	}
	return nil
}

// Watch implements store.Cell. While the cluster is away it asks again and again.
func (c *cell) Watch(ctx context.Context, each func()) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)()
	told := uint64(0)
	for first := true; ctx.Err() == nil; {
		r, err := c.get(ctx, get(c.key))
		if err == nil {
			is := uint64(0)
			if len(r.Kvs) > 0 {
				is = uint64(r.Kvs[0].ModRevision)
			}
			if first || is != told {
				first, told = false, is
				each()
			}
			err = c.client.watch(ctx, c.prefix+"cells/", r.Header.Revision+1, func([]byte) error { return errChanged })
		}
		if errors.Is(err, errChanged) {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// errChanged ends a watch that was to say so.
var errChanged = errors.New("something was written")
