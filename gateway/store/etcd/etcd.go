// Package etcd keeps the desired state of several nodes in an etcd cluster. Its
// keys, below the prefix of the address:
//
//	head                   {"number": the newest revision, "pending": chunks or ""}
//	documents/KIND/ID      a document, one key each, for people and other tools
//	revisions/NUMBER       a revision; without its changes if these are in chunks
//	chunks/NUMBER-X/I      a part of the changes of a large revision
//
// A write is one transaction that is refused unless head is as it was read: of
// two nodes that write at once, one gets ErrConflict. etcd allows 128 operations
// in a transaction, and a revision must be there whole or not at all. So a large
// one puts its changes into chunks first, under a lease that removes them should
// the writer die; then one transaction makes it the newest revision, and names
// the chunks as pending. From then on it counts: who loads reads documents and
// pending chunks together. Carrying the chunks over to the documents is done by
// the writer or, if that one dies, by whoever writes next.
package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// Keep is how many revisions stay in the history when Options say nothing.
const Keep = 1000

// Options may be zero.
type Options struct {
	Keep int
}

// Store is a client of a cluster.
type Store struct {
	client *cluster
	prefix string
	keep   uint64
	ctx    context.Context // ends with Close
	stop   context.CancelFunc
}

var _ store.Store = (*Store)(nil)

// Check tells what is wrong with an address. Its files are not looked at.
func Check(address string) error {
	address, _, _ = strings.Cut(address, "?")
	_, _, err := parse(address)
	return err
}

// Open takes etcd://host:2379[,host:2379]/prefix. It doesn't wait for the
// cluster: the first call that needs it does.
func Open(address string, o Options) (*Store, error) {
	config, prefix, err := parse(address)
	if err != nil {
		return nil, err
	}
	if o.Keep <= 0 {
		o.Keep = Keep
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Store{client: newCluster(config), prefix: prefix, keep: uint64(o.Keep), ctx: ctx, stop: stop}, nil
}

// Close ends all Watches.
func (s *Store) Close() error {
	s.stop()
	s.client.http.CloseIdleConnections()
	return nil
}

func (s *Store) headKey() string             { return s.prefix + "head" }
func (s *Store) documentsKey() string        { return s.prefix + "documents/" }
func (s *Store) revisionsKey() string        { return s.prefix + "revisions/" }
func (s *Store) revisionKey(n uint64) string { return fmt.Sprintf("%srevisions/%020d", s.prefix, n) }
func (s *Store) chunksKey(n uint64) string   { return fmt.Sprintf("%schunks/%020d", s.prefix, n) }
func (s *Store) documentKey(c entity.Change) string {
	return s.prefix + "documents/" + c.Kind + "/" + c.ID
}

// head is the key that all writes turn on.
type head struct {
	Number  uint64 `json:"number"`
	Pending string `json:"pending,omitempty"` // prefix of chunks

	version int64 // etcd's revision of the key; 0 when it isn't there
}

func (s *Store) parseHead(r *rangeResponse) (h head, err error) {
	if len(r.Kvs) == 0 {
		return h, nil
	}
	if err := json.Unmarshal(r.Kvs[0].Value, &h); err != nil {
		return h, fmt.Errorf("etcd: %s can't be read: %w", s.headKey(), err)
	}
	h.version = r.Kvs[0].ModRevision
	return h, nil
}

func (s *Store) head(ctx context.Context) (head, error) {
	r, err := s.get(ctx, get(s.headKey()))
	if err != nil {
		return head{}, err
	}
	return s.parseHead(r)
}

func (s *Store) get(ctx context.Context, q *rangeRequest) (*rangeResponse, error) {
	r := new(rangeResponse)
	return r, s.wrap(s.client.read(ctx, "/v3/kv/range", q, r))
}

// change does all of it, unless head is not h any more.
func (s *Store) change(ctx context.Context, h head, ops []op) (*txnResponse, error) {
	r := new(txnResponse)
	unchanged := compare{Key: []byte(s.headKey()), Target: "MOD", Result: "EQUAL", ModRevision: h.version}
	return r, s.wrap(s.client.write(ctx, "/v3/kv/txn", txnRequest{If: []compare{unchanged}, Then: ops}, r))
}

func (s *Store) putHead(h head) (op, error) {
	b, err := json.Marshal(h)
	return put(s.headKey(), string(b)), err
}

// wrap tells apart what the caller ended from what etcd has.
func (s *Store) wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case s.ctx.Err() != nil:
		return store.ErrClosed
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fmt.Errorf("etcd: %w", err)
}

// Load reads head and documents in one transaction. Should etcd throw away that
// moment before the chunks are read too, it begins again.
func (s *Store) Load(ctx context.Context) (out *store.Snapshot, err error) {
	for range 3 {
		out, err = s.load(ctx)
		var f *fault
		if !errors.As(err, &f) || !f.compacted() {
			break
		}
	}
	return out, err
}

func (s *Store) load(ctx context.Context) (*store.Snapshot, error) {
	r := new(txnResponse)
	q := txnRequest{Then: []op{{Range: get(s.headKey())}, {Range: getAll(s.documentsKey())}}}
	if err := s.client.read(ctx, "/v3/kv/txn", q, r); err != nil {
		return nil, s.wrap(err)
	}
	if len(r.Responses) != 2 || r.Responses[0].Range == nil || r.Responses[1].Range == nil {
		return nil, errors.New("etcd: the answer to a transaction is not complete")
	}
	h, err := s.parseHead(r.Responses[0].Range)
	if err != nil {
		return nil, err
	}
	var pending []entity.Change
	if h.Pending != "" {
		if pending, err = s.chunks(ctx, h.Pending, r.Header.Revision); err != nil {
			return nil, err
		}
	}
	return &store.Snapshot{Number: h.Number, Documents: s.documents(r.Responses[1].Range.Kvs, pending)}, nil
}

// documents are those that are there, with pending changes.
func (s *Store) documents(kvs []keyValue, pending []entity.Change) (out []*entity.Document) {
	docs := map[string]*entity.Document{}
	var order []string
	for _, kv := range kvs {
		key := string(kv.Key)
		kind, id, _ := strings.Cut(strings.TrimPrefix(key, s.documentsKey()), "/")
		docs[key] = &entity.Document{Kind: kind, ID: id, Raw: kv.Value}
		order = append(order, key)
	}
	for _, c := range pending {
		key := s.documentKey(c)
		if c.New == nil {
			delete(docs, key)
			continue
		}
		if docs[key] == nil {
			order = append(order, key)
		}
		docs[key] = &entity.Document{Kind: c.Kind, ID: c.ID, Raw: c.New}
	}
	for _, key := range order {
		if d := docs[key]; d != nil {
			out = append(out, d)
			delete(docs, key)
		}
	}
	return out
}

// chunks are the changes of a large revision; at is etcd's revision to read at,
// 0 for the newest.
func (s *Store) chunks(ctx context.Context, prefix string, at int64) ([]entity.Change, error) {
	if !strings.HasPrefix(prefix, s.prefix+"chunks/") {
		return nil, fmt.Errorf("etcd: %q is no place of chunks", prefix)
	}
	q := getAll(prefix)
	q.Revision = at
	r, err := s.get(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []entity.Change
	for _, kv := range r.Kvs {
		var part []entity.Change
		if err := json.Unmarshal(kv.Value, &part); err != nil {
			return nil, fmt.Errorf("etcd: %s can't be read: %w", kv.Key, err)
		}
		out = append(out, part...)
	}
	return out, nil
}
