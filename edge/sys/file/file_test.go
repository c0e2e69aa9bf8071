package file

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAppendReopenKeepsDescriptor(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.log")
	a := NewAppend(name)
	if a.FD() != -1 {
		t.Fatal("open before Open")
	}
	if err := a.Open(); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	fd := a.FD()
	a.Write([]byte("one\n"))
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	if err := a.Reopen(); err != nil {
		t.Fatal(err)
	}
	a.Write([]byte("two\n"))
	if a.FD() != fd {
		t.Errorf("descriptor changed from %d to %d", fd, a.FD())
	}
	old, _ := os.ReadFile(name + ".1")
	now, _ := os.ReadFile(name)
	if string(old) != "one\n" || string(now) != "two\n" {
		t.Errorf("old %q, new %q", old, now)
	}
}

func TestAppendReopenFailureKeepsFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	os.Mkdir(dir, 0o755)
	a := NewAppend(filepath.Join(dir, "a.log"))
	if err := a.Open(); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	os.Rename(dir, dir+".old")
	if err := a.Reopen(); err == nil {
		t.Fatal("reopened in a folder that is gone")
	}
	a.Write([]byte("still\n"))
	if b, _ := os.ReadFile(dir + ".old/a.log"); string(b) != "still\n" {
		t.Errorf("got %q", b)
	}
}

func TestMemory(t *testing.T) {
	want := strings.Repeat("moon", 50000)
	fd, err := Memory("test", []byte(want))
	if err != nil {
		t.Fatal(err)
	}
	defer Close(fd)
	for range 2 { // reading leaves no position behind
		got, err := ReadMemory(fd)
		if err != nil || string(got) != want {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
	}
	if errno := WriteAt(fd, []byte("x"), 0); errno == 0 {
		t.Error("a sealed file was written")
	}
}

func TestOpen(t *testing.T) {
	name := filepath.Join(t.TempDir(), strings.Repeat("n", 200), strings.Repeat("m", 200))
	os.Mkdir(filepath.Dir(name), 0o755)
	os.WriteFile(name, []byte("hello"), 0o600)
	for _, c := range []struct {
		path  string
		errno int
	}{{name, 0}, {"/nonexistent", 2}, {"/etc/hostname/x", 20}} {
		fd, errno := Open(c.path, ReadOnly, 0)
		if errno != c.errno {
			t.Errorf("%s: errno %d, want %d", c.path, errno, c.errno)
		}
		if errno != 0 {
			continue
		}
		var info, byName Info
		if Fstat(fd, &info) != 0 || Stat(c.path, &byName) != 0 || info != byName || info.Size != 5 || !info.IsRegular() {
			t.Errorf("%+v %+v", info, byName)
		}
		buf := make([]byte, 9)
		if n, errno := ReadAt(fd, buf, 1); n != 4 || errno != 0 || string(buf[:n]) != "ello" {
			t.Errorf("read %d %d %q", n, errno, buf)
		}
		Close(fd)
	}
}

func TestOpenAllocatesNothing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	os.WriteFile(name, nil, 0o600)
	if len(name) > 250 {
		t.Skip("the temporary folder has a long name")
	}
	n := testing.AllocsPerRun(100, func() {
		fd, _ := Open(name, ReadOnly, 0)
		var info Info
		Fstat(fd, &info)
		Close(fd)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A blocking socket that nobody reads from stands for a disk: it holds a call up
// for as long as its timeout says.
func TestSlow(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Write(make([]byte, 4<<20))
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(pair[0])
	defer syscall.Close(pair[1])
	wait := syscall.Timeval{Usec: int64(5 * patience / time.Microsecond)}
	if err := syscall.SetsockoptTimeval(pair[0], syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &wait); err != nil {
		t.Fatal(err)
	}
	var off int64
	for range 2 { // by the raw call, by the true one
		for errno := 0; errno != int(syscall.EAGAIN); {
			before := off
			var n int64
			if n, errno = Send(pair[0], int(f.Fd()), &off, 4<<20); off != before+n {
				t.Fatal(before, n, off)
			}
			// Less than all and no error, or EINTR: a signal of Go's scheduler.
			if errno != 0 && errno != int(syscall.EAGAIN) && errno != int(syscall.EINTR) {
				t.Fatal(errno)
			}
		}
		if !Slow() {
			t.Error("a call that waited does not count as slow")
		}
	}
	if off == 0 || off == 4<<20 {
		t.Errorf("sent %d: the socket did not fill up", off)
	}
	buf := make([]byte, 10)
	for range 100 { // the machine may be busy, but not always
		if n, errno := ReadAt(int(f.Fd()), buf, 0); n != 10 || errno != 0 {
			t.Fatal(n, errno)
		}
		if !Slow() {
			return
		}
	}
	t.Error("files stay slow")
}
