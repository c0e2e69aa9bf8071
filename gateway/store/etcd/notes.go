package etcd

import (
	"context"
	"fmt"
	"strings"
	"time"

	"moongate/gateway/store"
)

var _ store.Notes = (*Store)(nil)

func (s *Store) notesKey() string { return s.prefix + "nodes/" }

// Leave implements store.Notes. Each note has a lease of its own, so that it can't be kept
// by a node that hangs.
func (s *Store) Leave(ctx context.Context, node string, note []byte, last time.Duration) error {
	var grant leaseResponse
	seconds := max(1, int64(last.Round(time.Second)/time.Second))
	if err := s.client.write(ctx, "/v3/lease/grant", leaseRequest{TTL: seconds}, &grant); err != nil {
		return s.wrap(err)
	}
	q := putRequest{Key: []byte(s.notesKey() + node), Value: note, Lease: grant.ID}
	return s.wrap(s.client.write(ctx, "/v3/kv/put", q, new(struct{})))
}

// Notes implements store.Notes.
func (s *Store) Notes(ctx context.Context) (map[string][]byte, error) {
	r, err := s.get(ctx, getAll(s.notesKey()))
	if err != nil {
		return nil, fmt.Errorf("notes of the nodes: %w", err)
	}
	notes := map[string][]byte{}
	for _, kv := range r.Kvs {
		notes[strings.TrimPrefix(string(kv.Key), s.notesKey())] = kv.Value
	}
	return notes, nil
}
