package bolt

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"moongate/gateway/store"
	"moongate/gateway/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("MOONGATE_BOLT_WRITER"); path != "" {
		if err := writer(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{Keep: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "g.db")) })
}

func TestOpenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	s := open(t, path)
	ctx := storetest.Context(t)
	if err := s.Write(ctx, storetest.Revision(1, 2), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), "another process has it open") {
		t.Errorf("opened twice: %v", err)
	}
	done := make(chan error)
	go func() { done <- storetest.Follow(ctx, s, 1, 2) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, store.ErrClosed) {
		t.Errorf("the watch ends with %v", err)
	}
	if _, err := s.Load(ctx); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a closed store loads: %v", err)
	}
	snap, err := open(t, path).Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Check(t, snap, 1, 1, 2)
}

func TestOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no bolt file\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); err == nil {
		t.Error("opened what is no store")
	}
}

const perRevision = 7

// writer is the child: it writes for ever and says each number once it is safe.
func writer(path string) error {
	s, err := Open(path, Options{Keep: 10})
	if err != nil {
		return err
	}
	ctx := context.Background()
	snap, err := s.Load(ctx)
	if err != nil {
		return err
	}
	for n := snap.Number; ; n++ {
		if err := s.Write(ctx, storetest.Revision(int(n+1), perRevision), n); err != nil {
			return err
		}
		fmt.Println(n + 1)
	}
}

// A process that is killed while it writes has lost nothing that it had said to
// be written, and has left no half of a revision.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	ctx := storetest.Context(t)
	var said uint64
	for round := range 10 {
		said = killWriter(t, path, 1+round*3, said)
		s := open(t, path)
		snap, err := s.Load(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if snap.Number < said {
			t.Fatalf("revision %d was said to be written, and the file has %d", said, snap.Number)
		}
		storetest.Check(t, snap, snap.Number, int(snap.Number), perRevision)
		list, err := s.Revisions(ctx, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range list {
			if r.Number != snap.Number-uint64(i) || len(r.Changes) != perRevision {
				t.Fatalf("revision %d of the history is %d with %d changes", i, r.Number, len(r.Changes))
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killWriter lets a child write some revisions, kills it, and returns the last
// number that it has said.
func killWriter(t *testing.T, path string, revisions int, said uint64) uint64 {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "MOONGATE_BOLT_WRITER="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		n, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil || n <= said {
			t.Fatalf("%q after %d", lines.Text(), said)
		}
		if said = n; i == revisions {
			cmd.Process.Kill()
		} // what it has said until it died counts too
	}
	cmd.Wait()
	return said
}

func BenchmarkWrite(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "g.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for n := uint64(0); b.Loop(); n++ {
		if err := s.Write(context.Background(), storetest.Revision(int(n), 1), n); err != nil {
			b.Fatal(err)
		}
	}
}

// A store that can't be opened yet fails call by call, and is there when it can.
func TestLate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "g.db")
	ctx := storetest.Context(t)
	s := Late(path, Options{})
	defer s.Close()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(ctx); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a folder is a store: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx, storetest.Revision(1, 2), 0); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Check(t, snap, 1, 1, 2)
}

// What was removed takes no write that would end with the process.
func TestRemoved(t *testing.T) {
	dir := t.TempDir()
	path, away := filepath.Join(dir, "g.db"), filepath.Join(dir, "away")
	ctx := storetest.Context(t)
	s := open(t, path)
	if err := s.Write(ctx, storetest.Revision(1, 2), 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, away); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx, storetest.Revision(2, 2), 1); err == nil || !strings.Contains(err.Error(), "was removed") {
		t.Errorf("removed: %v", err)
	}
	other := open(t, path)
	if _, err := s.Revisions(ctx, 0, 1); err == nil || !strings.Contains(err.Error(), "was replaced") {
		t.Errorf("replaced: %v", err)
	}
	other.Close()
	if err := os.Rename(away, path); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(ctx, storetest.Revision(2, 2), 1); err != nil {
		t.Errorf("put back: %v", err)
	}
}
