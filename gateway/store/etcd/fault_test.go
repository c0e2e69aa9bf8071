package etcd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/store"
	"moongate/gateway/store/storetest"
)

// front is a member as a client sees it: what is asked goes to an etcd, unless the
// test has other plans.
type front struct {
	*httptest.Server
	plan  atomic.Pointer[http.HandlerFunc]
	asked chan string // paths
}

func newFront(t *testing.T, s *server) *front {
	t.Helper()
	p := httputil.NewSingleHostReverseProxy(&s.client)
	p.FlushInterval, p.ErrorLog = -1, log.New(io.Discard, "", 0)
	f := &front{asked: make(chan string, 1000)}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.asked <- r.URL.Path
		if plan := f.plan.Load(); plan != nil {
			(*plan)(w, r)
			return
		}
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { f.CloseClientConnections(); f.Close() })
	return f
}

func (f *front) set(h http.HandlerFunc) { f.plan.Store(&h) }

// is waits until a path was asked for.
func (f *front) is(t *testing.T, path string) {
	t.Helper()
	for end := time.After(storetest.Patience); ; {
		select {
		case p := <-f.asked:
			if p == path {
				return
			}
		case <-end:
			t.Fatal("nobody asks for " + path)
		}
	}
}

func behind(t *testing.T, fronts ...*front) *Store {
	t.Helper()
	var hosts []string
	for _, f := range fronts {
		hosts = append(hosts, strings.TrimPrefix(f.URL, "http://"))
	}
	s, err := Open("etcd://"+strings.Join(hosts, ",")+"/p", Options{Keep: 10})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// hang takes a request and says nothing until its client gives up; only when the
// body is read does the server see that.
func hang(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// cut sends half an answer, as a whole one.
func cut(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"header":{"revision":"1`) }

// A watch whose member dies goes on at the next one, and so does a watch whose
// member stands still.
func TestMemberFailsDuringWatch(t *testing.T) {
	for _, how := range []string{"dies", "hangs"} {
		t.Run(how, func(t *testing.T) {
			srv := newServer(t)
			a, b := newFront(t, srv), newFront(t, srv)
			s := behind(t, a, b)
			s.client.pulse, s.client.patience = 20*time.Millisecond, 200*time.Millisecond
			ctx := storetest.Context(t)
			seen := make(chan uint64, 10)
			go s.Watch(ctx, 0, func(r entity.Revision) error { seen <- r.Number; return nil })
			a.is(t, "/v3/watch")
			other := srv.open(t, "p")
			must(t, other.Write(ctx, storetest.Revision(1, 1), 0))
			if n := <-seen; n != 1 {
				t.Fatal(n)
			}
			if how == "dies" {
				a.Listener.Close()
				a.CloseClientConnections()
			} else {
				a.set(hang)
			}
			b.is(t, "/v3/watch")
			must(t, other.Write(ctx, storetest.Revision(2, 1), 1))
			if n := <-seen; n != 2 {
				t.Fatal(n)
			}
		})
	}
}

// A member that never says that a watch is there is given up as well.
func TestWatchIsNeverCreated(t *testing.T) {
	srv := newServer(t)
	a, b := newFront(t, srv), newFront(t, srv)
	s := behind(t, a, b)
	s.client.patience = 100 * time.Millisecond
	a.set(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v3/watch" {
			w.(http.Flusher).Flush() // 200, and then nothing
			hang(w, r)
			return
		}
		fmt.Fprint(w, `{"header":{"revision":"1"}}`)
	})
	go s.Watch(storetest.Context(t), 0, func(entity.Revision) error { return nil })
	b.is(t, "/v3/watch")
}

// Half an answer is no answer: what reads asks the next member, what writes says
// that it doesn't know.
func TestHalfAnAnswer(t *testing.T) {
	srv := newServer(t)
	ctx := storetest.Context(t)
	must(t, srv.open(t, "p").Write(ctx, storetest.Revision(1, 1), 0))
	a, b := newFront(t, srv), newFront(t, srv)
	s := behind(t, a, b)
	a.set(cut)
	snap, err := s.Load(ctx)
	must(t, err)
	storetest.Check(t, snap, 1, 1, 1)

	b.set(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v3/kv/txn" {
			cut(w, r)
			return
		}
		httputil.NewSingleHostReverseProxy(&srv.client).ServeHTTP(w, r)
	})
	err = s.Write(ctx, storetest.Revision(2, 1), 1)
	if err == nil || errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), "can't be read") {
		t.Errorf("%v", err)
	}
}

// A write that reached nobody is done at the next member.
func TestWriteGoesOn(t *testing.T) {
	srv := newServer(t)
	a, b := newFront(t, srv), newFront(t, srv)
	a.Close()
	ctx := storetest.Context(t)
	s := behind(t, a, b)
	h, err := s.head(ctx)
	must(t, err)
	s.client.at.Store(0) // the dead one again
	r := storetest.Revision(1, 1)
	r.Number = 1
	must(t, s.commit(ctx, h, head{Number: 1}, r, "", s.changeOps(r.Changes)))
	// And at the next one where a member has lost the others.
	s.client.at.Store(1)
	b.set(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"code":14,"message":"etcdserver: no leader"}`)
	})
	if err := s.Write(ctx, storetest.Revision(2, 1), 1); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v", err) // by the dead one, which was asked after b
	}
}

// call asks the server itself, as an administrator does.
func (s *server) call(t *testing.T, path, body string) string {
	t.Helper()
	r, err := http.Post(s.client.String()+path, "application/json", strings.NewReader(body))
	must(t, err)
	defer r.Body.Close()
	var out bytes.Buffer
	_, err = out.ReadFrom(r.Body)
	must(t, err)
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", path, r.StatusCode, out.String())
	}
	return out.String()
}

// compact throws away what etcd knows of the past.
func (s *server) compact(t *testing.T) {
	t.Helper()
	var r rangeResponse
	must(t, json.Unmarshal([]byte(s.call(t, "/v3/kv/range", `{"key":"eA=="}`)), &r))
	s.call(t, "/v3/kv/compaction", fmt.Sprintf(`{"revision":"%d","physical":true}`, r.Header.Revision))
}

// What etcd has compacted is in our own history: a watch that falls behind a
// compaction misses nothing.
func TestCompaction(t *testing.T) {
	srv := newServer(t)
	ctx := storetest.Context(t)
	f := newFront(t, srv)
	s, other := behind(t, f), srv.open(t, "p")
	s.client.patience = time.Second
	must(t, other.Write(ctx, storetest.Revision(1, 1), 0))
	seen := make(chan uint64, 10)
	go s.Watch(ctx, 0, func(r entity.Revision) error { seen <- r.Number; return nil })
	if n := <-seen; n != 1 {
		t.Fatal(n)
	}
	f.is(t, "/v3/watch")
	f.set(hang)
	f.CloseClientConnections()
	must(t, other.Write(ctx, storetest.Revision(2, 1), 1))
	must(t, other.Write(ctx, storetest.Revision(3, 1), 2))
	srv.compact(t)
	f.plan.Store(nil)
	for want := uint64(2); want <= 3; want++ {
		if n := <-seen; n != want {
			t.Fatal(n)
		}
	}
	direct := srv.open(t, "p").client
	if err := direct.watch(ctx, "/p/revisions/", 1, func([]byte) error { return nil }); !errors.Is(err, errCompacted) {
		t.Errorf("%v", err)
	}
	var refused *fault
	err := direct.read(ctx, "/v3/kv/range", rangeRequest{Key: []byte("x"), Revision: 1}, new(rangeResponse))
	if !errors.As(err, &refused) || !refused.compacted() {
		t.Errorf("%v", err)
	}
}

// Load begins again when the moment that it read at is compacted under it.
func TestCompactionDuringLoad(t *testing.T) {
	srv := newServer(t)
	ctx := storetest.Context(t)
	a := srv.open(t, "p")
	dies(t, a, 500) // chunks are pending
	f := newFront(t, srv)
	var once atomic.Bool
	pass := httputil.NewSingleHostReverseProxy(&srv.client)
	f.set(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v3/kv/range" && once.CompareAndSwap(false, true) {
			srv.call(t, "/v3/kv/put", `{"key":"eA=="}`)
			srv.compact(t)
		}
		pass.ServeHTTP(w, r)
	})
	snap, err := behind(t, f).Load(ctx)
	must(t, err)
	storetest.Check(t, snap, 1, 1, 500)
	if !once.Load() {
		t.Error("there was no compaction")
	}
}

// A call ends when its caller wants it to, and says so.
func TestDeadline(t *testing.T) {
	f := newFront(t, newServer(t))
	f.set(hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := behind(t, f).Load(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// What a member says is read whatever it is.
func FuzzMessages(f *testing.F) {
	f.Add([]byte(`{"result":{"header":{"revision":"3"},"created":true}}` + "\n" + `{"result":{"events":[{"kv":{"key":"YQ==","mod_revision":"3","value":"e30="}},{"type":"DELETE"}]}}`))
	f.Add([]byte(`{"result":{"canceled":true,"compact_revision":"7"}}`))
	f.Add([]byte(`{"error":{"grpc_code":14,"message":"no"}}`))
	f.Add([]byte(`{"result":null}{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := messages(bytes.NewReader(text), func() {}, func([]byte) error { return nil }); err == nil {
			t.Error("a watch ended without a reason")
		}
		if refusal(500, text).Error() == "" {
			t.Error("a refusal says nothing")
		}
	})
}
