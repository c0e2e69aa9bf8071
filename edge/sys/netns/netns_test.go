package netns

import (
	"errors"
	"io/fs"
	"net"
	"os/exec"
	"strings"
	"testing"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

func fresh(t *testing.T) *Space {
	t.Helper()
	if have, _ := caps.Effective(); !have.Has(caps.SysAdmin) {
		t.Skip("namespaces need SYS_ADMIN")
	}
	s, err := New()
	if err != nil {
		t.Skip("no network namespaces here: ", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func same(t *testing.T, a, b *Space) bool {
	t.Helper()
	ok, err := a.Same(b)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestDo(t *testing.T) {
	home, err := Current()
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	s := fresh(t)
	fault := errors.New("a fault of f")
	err = s.Do(func() error {
		here, err := Current()
		if err != nil {
			t.Fatal(err)
		}
		defer here.Close()
		if !same(t, here, s) || same(t, here, home) {
			t.Error("not inside")
		}
		if all, err := net.Interfaces(); err != nil || len(all) != 1 || all[0].Name != "lo" {
			t.Error(all, err)
		}
		if out, err := exec.Command("readlink", "/proc/self/ns/net").Output(); err != nil {
			t.Error(err)
		} else if mine, _ := exec.Command("stat", "-Lc", "net:[%i]", s.Path()).Output(); strings.TrimSpace(string(mine)) != strings.TrimSpace(string(out)) {
			t.Errorf("a process that was started inside is in %s, not in %s", out, mine)
		}
		return fault
	})
	if err != fault {
		t.Error(err)
	}
	after, err := Current()
	if err != nil {
		t.Fatal(err)
	}
	defer after.Close()
	if !same(t, after, home) {
		t.Error("the thread did not come back")
	}
}

func TestOpen(t *testing.T) {
	s := fresh(t)
	o, err := Open(s.Path())
	if err != nil || !same(t, o, s) {
		t.Fatal(err)
	}
	o.Close()
	if _, err := Open("no-such-namespace"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "/run/netns/no-such-namespace") {
		t.Error(err)
	}
	f, err := Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Do(func() error { t.Error("was run"); return nil }); !errors.Is(err, unix.EINVAL) {
		t.Error(err)
	}
}
