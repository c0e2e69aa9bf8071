package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"moongate/gateway/declarative"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
	"moongate/gateway/store"
	"moongate/gateway/store/bolt"
	"moongate/gateway/store/etcd"
	storefile "moongate/gateway/store/file"
)

// storeTime is how long a store may take.
const storeTime = 30 * time.Second

// open opens the store of the option and reads it; create makes a file that is not
// there.
func (o *options) open(ctx context.Context, create bool) (store.Store, *entity.State, uint64, error) {
	m, err := o.model()
	if err != nil {
		return nil, nil, 0, err
	}
	st, err := openStore(o.store, m, create)
	if err != nil {
		return nil, nil, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	snap, err := st.Load(ctx)
	if err == nil {
		var s *entity.State
		if s, err = snap.State(m); err == nil {
			return st, s, snap.Number, nil
		}
	}
	st.Close()
	return nil, nil, 0, err
}

func openStore(address string, m *entity.Model, create bool) (store.Store, error) {
	kind, name, _ := strings.Cut(address, ":")
	switch kind {
	case "etcd", "etcds":
		return etcd.Open(address, etcd.Options{})
	case "bolt", "file":
		_, err := os.Stat(name)
		if create && kind == "bolt" && errors.Is(err, os.ErrNotExist) {
			err = os.MkdirAll(filepath.Dir(name), 0o755)
		}
		if err != nil {
			return nil, err
		}
		if kind == "file" {
			return storefile.Open(name, m, storefile.Options{})
		}
		st, err := bolt.Open(name, bolt.Options{})
		if err != nil {
			err = fmt.Errorf("%w; ask the Admin API of the gateway that runs (-addr)", err)
		}
		return st, err
	}
	return nil, errors.New("-store is bolt:FILE, file:FILE or etcd://HOST:PORT/PREFIX")
}

// planStore is plan where nothing runs: the file is put into the store by itself.
func (o *options) planStore(ctx context.Context, f *file, write bool) (*plan, error) {
	st, s, number, err := o.open(ctx, write)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	r, err := declarative.ReplaceTagged(s, f.doc, split(f.tags(o.tags)), time.Now())
	if e, ok := err.(*schema.Error); ok {
		err = f.faults(e)
	}
	if err != nil {
		return nil, err
	}
	p := &plan{file: f}
	for _, c := range r.Changes {
		p.Changes = append(p.Changes, change{Kind: c.Kind, ID: c.ID, Action: action(c.Old, c.New), Old: c.Old, New: c.New})
	}
	if !write || len(r.Changes) == 0 {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	rev := entity.Revision{Number: number + 1, Time: time.Now().UTC(), Who: "moongate gateway sync", Why: "sync of " + f.name, Changes: r.Changes}
	return p, st.Write(ctx, rev, number)
}

func action(old, now json.RawMessage) string {
	switch {
	case old == nil:
		return "create"
	case now == nil:
		return "delete"
	}
	return "update"
}
