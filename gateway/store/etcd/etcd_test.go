package etcd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	"go.etcd.io/etcd/server/v3/embed"

	"moongate/gateway/entity"
	"moongate/gateway/store"
	"moongate/gateway/store/storetest"
)

// server is an etcd in this process.
type server struct {
	dir          string
	client, peer url.URL
	tls          transport.TLSInfo
	running      *embed.Etcd
}

func newServer(t testing.TB) *server { return newServerWith(t, func(*server) {}) }

func newServerWith(t testing.TB, set func(*server)) *server {
	t.Helper()
	s := &server{dir: t.TempDir(), peer: url.URL{Scheme: "http", Host: "127.0.0.1:0"}}
	// etcd's JSON calls its gRPC by the address that it was given, so that has to
	// be a port: one that is free.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.client = url.URL{Scheme: "http", Host: l.Addr().String()}
	must(t, l.Close())
	set(s)
	s.start(t)
	t.Cleanup(func() { s.running.Close() })
	return s
}

func (s *server) start(t testing.TB) {
	t.Helper()
	c := embed.NewConfig()
	c.Dir = s.dir
	c.LogOutputs = []string{filepath.Join(s.dir, "log")}
	c.ListenClientUrls, c.AdvertiseClientUrls = []url.URL{s.client}, []url.URL{s.client}
	c.ListenPeerUrls, c.AdvertisePeerUrls = []url.URL{s.peer}, []url.URL{s.peer}
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	c.ClientTLSInfo = s.tls
	// A member that is alone elects itself, once it has waited for others: not for long here.
	c.TickMs, c.ElectionMs = 10, 100
	c.UnsafeNoFsync = true // what a power failure does is etcd's own test
	e, err := embed.StartEtcd(c)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-e.Server.ReadyNotify():
	case <-time.After(storetest.Patience):
		t.Fatal("etcd does not start")
	}
	s.running = e
}

func (s *server) open(t testing.TB, prefix string) *Store { return s.openKeeping(t, prefix, 10) }

func (s *server) openKeeping(t testing.TB, prefix string, revisions int) *Store {
	t.Helper()
	c, err := Open("etcd://"+s.client.Host+"/"+prefix, Options{Keep: revisions})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestStore(t *testing.T) {
	s := newServer(t)
	var n atomic.Int32
	storetest.Run(t, func(t *testing.T) store.Store { return s.open(t, fmt.Sprint("p", n.Add(1))) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Nodes that write and watch at once come to the same state.
func TestNodesConverge(t *testing.T) {
	srv := newServer(t)
	ctx := storetest.Context(t)
	const nodes, each = 3, 10
	done := make(chan error, 2*nodes)
	for n := range nodes {
		// All are kept: a watcher that the others leave behind is another matter.
		s := srv.openKeeping(t, "p", nodes*each)
		go func() { done <- storetest.Follow(ctx, s, 0, nodes*each) }()
		go func() {
			for i := range each {
				for {
					snap, err := s.Load(ctx)
					if err == nil {
						r := storetest.Revision(n*each+i, 1)
						r.Changes[0].ID = storetest.ID(n)
						err = s.Write(ctx, r, snap.Number)
					}
					if err == nil {
						break
					}
					if !errors.Is(err, store.ErrConflict) {
						done <- err
						return
					}
				}
			}
			done <- nil
		}()
	}
	for range 2 * nodes {
		must(t, <-done)
	}
	snap, err := srv.open(t, "p").Load(ctx)
	must(t, err)
	if snap.Number != nodes*each || len(snap.Documents) != nodes {
		t.Errorf("revision %d, %d documents", snap.Number, len(snap.Documents))
	}
}

// The cluster goes away and comes back: a call in between fails, a watch goes on.
func TestReconnect(t *testing.T) {
	srv := newServer(t)
	s := srv.open(t, "p")
	ctx := storetest.Context(t)
	must(t, s.Write(ctx, storetest.Revision(1, 1), 0))
	seen := make(chan uint64, 10)
	done := make(chan error)
	watching, cancel := context.WithCancel(ctx)
	go func() {
		done <- s.Watch(watching, 0, func(r entity.Revision) error { seen <- r.Number; return nil })
	}()
	if n := <-seen; n != 1 {
		t.Fatal(n)
	}
	srv.running.Close()
	short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	if _, err := s.Load(short); err == nil {
		t.Error("loaded from a cluster that is away")
	}
	srv.start(t)
	must(t, s.Write(ctx, storetest.Revision(2, 1), 1))
	if n := <-seen; n != 2 {
		t.Fatal(n)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// dies writes a large revision up to the point where it counts.
func dies(t *testing.T, s *Store, n int) {
	t.Helper()
	ctx := storetest.Context(t)
	h, err := s.head(ctx)
	must(t, err)
	r := storetest.Revision(int(h.Number)+1, n)
	r.Number = h.Number + 1
	prefix, keep, err := s.stage(ctx, r)
	must(t, err)
	r.Changes = nil
	must(t, s.commit(ctx, h, head{Number: r.Number, Pending: prefix}, r, prefix, keep))
}

// A writer that dies after its large revision counts has lost nothing: others
// load it whole, and the next writer finishes the work.
func TestWriterDies(t *testing.T) {
	srv := newServer(t)
	ctx := storetest.Context(t)
	const n = 500
	a, b := srv.open(t, "p"), srv.open(t, "p")
	must(t, a.Write(ctx, storetest.Revision(1, 3), 0))
	dies(t, a, n)
	must(t, a.Close())
	snap, err := b.Load(ctx)
	must(t, err)
	storetest.Check(t, snap, 2, 2, n)
	must(t, storetest.Follow(ctx, b, 0, 2))

	must(t, b.Write(ctx, storetest.Revision(3, n), 2))
	snap, err = b.Load(ctx)
	must(t, err)
	storetest.Check(t, snap, 3, 3, n)
	h, err := b.head(ctx)
	must(t, err)
	if h.Pending != "" {
		t.Error("the work is not finished")
	}
}

// A large revision that loses against another one leaves nothing that counts.
func TestLargeConflict(t *testing.T) {
	srv := newServer(t)
	ctx := storetest.Context(t)
	a := srv.open(t, "p")
	h, err := a.head(ctx)
	must(t, err)
	must(t, a.Write(ctx, storetest.Revision(1, 1), 0))
	r := storetest.Revision(1, 500)
	r.Number = 1
	if err := a.writeLarge(ctx, h, r); !errors.Is(err, store.ErrConflict) {
		t.Errorf("%v", err)
	}
	snap, err := a.Load(ctx)
	must(t, err)
	storetest.Check(t, snap, 1, 1, 1)
}

func TestAddresses(t *testing.T) {
	c, prefix, err := parse("etcd://u:p%40@a:1,b:2/x/y/")
	must(t, err)
	if strings.Join(c.endpoints, " ") != "http://a:1 http://b:2" || prefix != "/x/y/" || c.user != "u" || c.password != "p@" || c.tls != nil {
		t.Errorf("%+v %s", c, prefix)
	}
	if c, prefix, err = parse("etcds://a:1"); err != nil || c.tls == nil || prefix != "/moongate/" || c.endpoints[0] != "https://a:1" {
		t.Errorf("%+v %s %v", c, prefix, err)
	}
	for _, bad := range []string{"", "http://a", "etcd://", "etcd://a,,b", "etcds://a?ca=/nowhere", "etcds://a?cert=/nowhere", "etcd://a?%"} {
		if _, _, err := parse(bad); err == nil {
			t.Errorf("%q is an address", bad)
		}
	}
}

// A cell is beside the desired state and not a part of it.
func TestCell(t *testing.T) {
	srv := newServer(t)
	s := srv.open(t, "p")
	storetest.RunCell(t, s.Cell("users"))
	snap, err := s.Load(storetest.Context(t))
	must(t, err)
	if snap.Number != 0 || len(snap.Documents) != 0 {
		t.Errorf("revision %d, %d documents", snap.Number, len(snap.Documents))
	}
}
