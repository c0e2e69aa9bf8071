package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"moongate/gateway/declarative"
	"moongate/gateway/entity"
	"moongate/gateway/store"
	"moongate/gateway/store/bolt"
	"moongate/gateway/store/etcd"
	storefile "moongate/gateway/store/file"
)

func dump(ctx context.Context, o *options) (int, error) {
	if o.store != "" {
		text, err := o.dumpStore(ctx)
		if err != nil {
			return failed, err
		}
		return fine, o.write(text)
	}
	a, err := o.api()
	if err != nil {
		return failed, err
	}
	q := url.Values{}
	if o.tags != "" {
		q.Set("tags", o.tags)
	}
	if o.full {
		q.Set("full", "1")
	}
	r, err := a.ask(ctx, http.MethodGet, "/config?"+q.Encode(), nil, map[string]string{"Accept": "application/yaml"})
	if err != nil {
		return failed, err
	}
	if r.status != http.StatusOK {
		return failed, r.refusal(nil)
	}
	return fine, o.write(r.body)
}

// dumpStore reads a store by itself.
func (o *options) dumpStore(ctx context.Context) ([]byte, error) {
	m := model()
	st, err := openStore(o.store, m)
	if err != nil {
		return nil, err
	}
	defer st.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	snap, err := st.Load(ctx)
	if err != nil {
		return nil, err
	}
	s, err := snap.State(m)
	if err != nil {
		return nil, err
	}
	var tags []string
	if o.tags != "" {
		tags = strings.Split(o.tags, ",")
	}
	return declarative.Format(m, declarative.Export(s, declarative.Options{Full: o.full, Tags: tags}))
}

func openStore(address string, m *entity.Model) (store.Store, error) {
	kind, name, _ := strings.Cut(address, ":")
	switch kind {
	case "etcd", "etcds":
		return etcd.Open(address, etcd.Options{})
	case "bolt", "file":
		// bbolt would make a file that is not there.
		if _, err := os.Stat(name); err != nil {
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
