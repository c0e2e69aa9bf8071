package etcd

import (
	"context"
	"encoding/json"
	"fmt"

	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// etcd's own limits are 128 operations and 1.5 MB in a request. A small revision
// has its documents twice in a request, as documents and in the history.
const (
	mostOps   = 100
	mostBytes = 512 << 10
	lease     = 60 // seconds that chunks live without their revision
)

// weight is about how many bytes a change takes.
func weight(c entity.Change) int { return len(c.Old) + len(c.New) + 200 }

// Write is described at the package.
func (s *Store) Write(ctx context.Context, r entity.Revision, expected uint64) error {
	h, err := s.head(ctx)
	if err != nil {
		return err
	}
	if h.Number != expected {
		return store.ErrConflict
	}
	if h.Pending != "" {
		if h, err = s.carryOver(ctx, h); err != nil {
			return err
		}
	}
	r.Number = expected + 1
	if len(split(r.Changes, mostOps)) > 1 {
		return s.writeLarge(ctx, h, r)
	}
	ops := s.changeOps(r.Changes)
	return s.commit(ctx, h, head{Number: r.Number}, r, "", ops)
}

// stored is a revision as it is kept.
type stored struct {
	entity.Revision
	Chunks string `json:"chunks,omitempty"`
}

// commit makes next the head and r the newest revision, with other operations.
func (s *Store) commit(ctx context.Context, was, next head, r entity.Revision, chunks string, ops []op) error {
	b, err := json.Marshal(stored{r, chunks})
	if err != nil {
		return err
	}
	newHead, err := s.putHead(next)
	if err != nil {
		return err
	}
	ops = append(ops, newHead, put(s.revisionKey(r.Number), string(b)))
	if r.Number > s.keep {
		old := r.Number - s.keep
		ops = append(ops, remove(s.revisionKey(old)), removeAll(s.chunksKey(old)+"-"))
	}
	done, err := s.change(ctx, was, ops)
	if err != nil {
		return err
	}
	if !done.Succeeded {
		return store.ErrConflict
	}
	return nil
}

func (s *Store) changeOps(changes []entity.Change) (ops []op) {
	for _, c := range changes {
		if c.New == nil {
			ops = append(ops, remove(s.documentKey(c)))
		} else {
			ops = append(ops, put(s.documentKey(c), string(c.New)))
		}
	}
	return ops
}

// split cuts changes into parts that fit into a request each, and have at most
// this many.
func split(changes []entity.Change, most int) (parts [][]entity.Change) {
	size := mostBytes
	for _, c := range changes {
		n := weight(c)
		if size += n; size > mostBytes || len(parts[len(parts)-1]) == most {
			parts, size = append(parts, nil), n
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], c)
	}
	return parts
}

func (s *Store) writeLarge(ctx context.Context, h head, r entity.Revision) error {
	prefix, keep, err := s.stage(ctx, r)
	if err != nil {
		return err
	}
	r.Changes = nil
	if err := s.commit(ctx, h, head{Number: r.Number, Pending: prefix}, r, prefix, keep); err != nil {
		return err
	}
	// It is written. What follows is tidying up, and the next writer's work if it
	// fails here.
	if h, err := s.head(ctx); err == nil && h.Pending == prefix {
		s.carryOver(ctx, h)
	}
	return nil
}

// stage puts changes into chunks that go by themselves after a while, and
// returns the operations that make them stay.
func (s *Store) stage(ctx context.Context, r entity.Revision) (prefix string, keep []op, err error) {
	var grant leaseResponse
	if err := s.client.write(ctx, "/v3/lease/grant", leaseRequest{TTL: lease}, &grant); err != nil {
		return "", nil, s.wrap(err)
	}
	prefix = fmt.Sprintf("%s-%s/", s.chunksKey(r.Number), entity.NewID())
	for i, part := range split(r.Changes, len(r.Changes)) {
		b, err := json.Marshal(part)
		if err != nil {
			return "", nil, err
		}
		key := fmt.Sprintf("%s%08d", prefix, i)
		q := putRequest{Key: []byte(key), Value: b, Lease: grant.ID}
		if err := s.client.write(ctx, "/v3/kv/put", q, new(struct{})); err != nil {
			return "", nil, s.wrap(err)
		}
		// The same value without a lease: it stays.
		keep = append(keep, op{Put: &putRequest{Key: []byte(key), IgnoreValue: true}})
	}
	if len(keep) > mostOps {
		return "", nil, fmt.Errorf("etcd: %d changes are more than one revision can hold", len(r.Changes))
	}
	return prefix, keep, nil
}

// carryOver writes pending chunks to the documents. Each step is refused once
// another node has finished, so nothing newer is overwritten; doing it twice
// makes the same documents.
func (s *Store) carryOver(ctx context.Context, h head) (head, error) {
	changes, err := s.chunks(ctx, h.Pending, 0)
	if err != nil {
		return h, err
	}
	for _, part := range split(changes, mostOps) {
		done, err := s.change(ctx, h, s.changeOps(part))
		if err != nil {
			return h, err
		}
		if !done.Succeeded {
			return s.carried(ctx, h)
		}
	}
	newHead, err := s.putHead(head{Number: h.Number})
	if err != nil {
		return h, err
	}
	done, err := s.change(ctx, h, []op{newHead})
	if err != nil {
		return h, err
	}
	if !done.Succeeded {
		return s.carried(ctx, h)
	}
	return head{Number: h.Number, version: done.Header.Revision}, nil
}

// carried is the head that another node has made meanwhile.
func (s *Store) carried(ctx context.Context, was head) (head, error) {
	h, err := s.head(ctx)
	if err == nil && (h.Number != was.Number || h.Pending != "") {
		err = store.ErrConflict
	}
	return h, err
}
