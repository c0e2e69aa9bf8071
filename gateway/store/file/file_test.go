package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/store"
	"moongate/gateway/store/storetest"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	// Another file in its place, as editors do it.
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

const one = `{_format_version: "3.0", services: [{name: a, host: h}]}`

func open(t *testing.T, text string) (s *Store, path string, logged chan error) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "gateway.yaml")
	write(t, path, text)
	logged = make(chan error, 10)
	s, err := Open(path, entity.NewModel(entity.Outside{}), Options{Every: time.Millisecond, Keep: 3, Log: func(err error) { logged <- err }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path, logged
}

func TestFollowsTheFile(t *testing.T) {
	s, path, logged := open(t, one)
	ctx := storetest.Context(t)
	snap, err := s.Load(ctx)
	if err != nil || snap.Number != 1 || len(snap.Documents) != 1 {
		t.Fatalf("%+v %v", snap, err)
	}
	seen := make(chan entity.Revision)
	done := make(chan error)
	watching, cancel := context.WithCancel(ctx)
	go func() {
		done <- s.Watch(watching, 1, func(r entity.Revision) error { seen <- r; return nil })
	}()

	write(t, path, strings.Replace(one, "host: h", "host: i", 1))
	if r := <-seen; r.Number != 2 || len(r.Changes) != 1 || !strings.Contains(string(r.Changes[0].New), `"host":"i"`) || r.Changes[0].ID != snap.Documents[0].ID {
		t.Errorf("%+v", r)
	}
	// A broken file is told and changes nothing; the next good one counts.
	write(t, path, strings.Replace(one, "host: h", "hots: i", 1))
	if err := <-logged; !strings.Contains(err.Error(), "services.1.hots: unknown field") {
		t.Error(err)
	}
	write(t, path, `{_format_version: "3.0"}`)
	if r := <-seen; r.Number != 3 || r.Changes[0].New != nil {
		t.Errorf("%+v", r)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	list, err := s.Revisions(ctx, 3, 10)
	if err != nil || len(list) != 2 || list[0].Number != 2 {
		t.Errorf("%+v %v", list, err)
	}
}

func TestRefuses(t *testing.T) {
	s, path, _ := open(t, one)
	ctx := storetest.Context(t)
	if err := s.Write(ctx, storetest.Revision(1, 1), 1); !errors.Is(err, store.ErrReadOnly) {
		t.Error(err)
	}
	storetest.Acts(t, s, 1)
	if err := s.Write(ctx, entity.Revision{}, 1); !errors.Is(err, store.ErrConflict) {
		t.Error(err)
	}
	if err := s.Watch(ctx, 7, nil); !errors.Is(err, store.ErrGap) {
		t.Error(err)
	}
	m := entity.NewModel(entity.Outside{})
	for _, text := range []string{"a: {", "services: []", `{_format_version: "3.0", services: [{name: a}]}`} {
		write(t, path, text)
		if _, err := Open(path, m, Options{}); err == nil || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := Open(path+".none", m, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestCloseEndsWatches(t *testing.T) {
	s, _, _ := open(t, one)
	done := make(chan error)
	go func() { done <- s.Watch(storetest.Context(t), 1, nil) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, store.ErrClosed) {
		t.Error(err)
	}
}

// A file that is broken when the program starts keeps nothing from running, and counts as
// soon as somebody has mended it.
func TestLate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gateway.yaml")
	logged := make(chan error, 10)
	s := Late(path, entity.NewModel(entity.Outside{}), Options{Every: time.Millisecond, Log: func(err error) { logged <- err }})
	defer s.Close()
	ctx := storetest.Context(t)
	if _, err := s.Load(ctx); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	write(t, path, "a: {")
	said := <-logged
	if _, err := s.Load(ctx); err == nil || err.Error() != said.Error() || !strings.Contains(err.Error(), "not YAML") {
		t.Errorf("%v; the log has %v", err, said)
	}
	write(t, path, one)
	if err := s.Watch(ctx, 0, func(entity.Revision) error { return errDone }); err != errDone {
		t.Fatal(err)
	}
	if snap, err := s.Load(ctx); err != nil || snap.Number != 1 || len(snap.Documents) != 1 {
		t.Errorf("%+v %v", snap, err)
	}
}

var errDone = errors.New("done")
