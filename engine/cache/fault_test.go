package cache

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"moongate/edge/sys/file"
)

// Whatever is wrong with a file, it is said in nginx's words and the answer is fetched.
func TestFaults(t *testing.T) {
	le := binary.LittleEndian
	for _, c := range []struct {
		name  string
		spoil func(b []byte) []byte
		log   string
	}{
		{"empty", func(b []byte) []byte { return nil }, "crit cache file \"NAME\" is too small"},
		{"cut in the front", func(b []byte) []byte { return b[:frontSize] }, "crit cache file \"NAME\" is too small"},
		{"cut in the header", func(b []byte) []byte { return b[:frontSize+20] }, "crit cache file \"NAME\" is too small"},
		{"cut in the body", func(b []byte) []byte { return b[:len(b)-1] }, "crit cache file \"NAME\" is too small"},
		{"version", func(b []byte) []byte { b[0] = 3; return b }, "info cache file \"NAME\" version mismatch"},
		{"crc", func(b []byte) []byte { b[48]++; return b }, "crit cache file \"NAME\" has md5 collision"},
		{"header start", func(b []byte) []byte { b[54]++; return b }, "crit cache file \"NAME\" has md5 collision"},
		{"key", func(b []byte) []byte { return bytes.Replace(b, []byte("KEY: /a"), []byte("KEY: /b"), 1) }, "crit cache file \"NAME\" has md5 collision"},
		{"body start behind", func(b []byte) []byte { le.PutUint16(b[56:], 60000); return append(b, make([]byte, 60000)...) }, "crit cache file \"NAME\" has too long header"},
		{"body start before", func(b []byte) []byte { le.PutUint16(b[56:], 100); return b }, "crit cache file \"NAME\" has too long header"},
		{"vary length", func(b []byte) []byte { b[atVary] = 200; return b }, "crit cache file \"NAME\" has incorrect vary length"},
	} {
		g := newRig(t, "use_temp_path=off")
		g.put("/a", "some body", 10)
		e := g.want("/a", Hit, "some body")
		b, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		name := strings.Clone(e.Name())
		if err := os.WriteFile(name, c.spoil(b), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Run(c.name, func(t *testing.T) {
			g.want("/a", Miss, "").Release()
			g.wantLog(strings.ReplaceAll(c.log, "NAME", name))
			g.put("/a", "another", 10)
			os.Truncate(g.logFile, 0)
			g.want("/a", Hit, "another").Release()
			g.verify()
			g.wantLog("")
		})
	}
}

func TestNoFile(t *testing.T) {
	g := newRig(t)
	e := g.entry("/a")
	e.Hash()
	if err := os.Mkdir(e.Name(), 0o700); err != nil {
		t.Fatal(err)
	}
	g.want("/a", Failed, "").Release()
	g.wantLog("crit cache file \"" + e.Name() + "\" is not a file")
}

func TestUnreadable(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	g := newRig(t)
	g.put("/a", "x", 10)
	name := g.want("/a", Hit, "x").Name()
	os.Chmod(name, 0)
	g.want("/a", Failed, "").Release()
	g.wantLog("crit open() \"" + name + "\" failed (13: Permission denied)")
}

// A temporary file that cannot be moved is removed, and the old answer stays.
func TestNotMoved(t *testing.T) {
	g := newRig(t, "levels=1", "use_temp_path=off")
	g.put("/a", "x", -1)
	e := g.want("/a", Stale, "x")
	e.BodyStart = e.HeaderStart
	fd, name, err := e.CreateTemp()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close(fd)
	os.Remove(name)
	if e.Commit(fd, name) {
		t.Error("it is said to be stored")
	}
	g.wantLog("crit rename() \"" + name + "\" to \"" + e.Name() + "\" failed (2: No such file or directory)")
	g.want("/a", Stale, "x").Release()
	g.verify()
}

// A path that cannot be made.
func TestNoFolder(t *testing.T) {
	g := newRig(t, "levels=1", "use_temp_path=off")
	e := g.want("/a", Miss, "")
	folder := e.Name()[:len(g.c.Folder)+2]
	if err := os.WriteFile(folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.CreateTemp(); err == nil {
		t.Fatal("a temporary file was made")
	}
	if log := g.logged(); !strings.HasPrefix(log, "crit open() \""+e.Name()+".") || !strings.HasSuffix(log, "\" failed (20: Not a directory)\n") {
		t.Errorf("log: %s", log)
	}
	os.Remove(folder)
	os.Symlink("nowhere", folder)
	os.Truncate(g.logFile, 0)
	if _, _, err := e.CreateTemp(); err == nil {
		t.Fatal("a temporary file was made")
	}
	g.wantLog("crit mkdir() \"" + folder + "\" failed (17: File exists)")
	e.Release()
	g.verify()
}

func TestLongHeader(t *testing.T) {
	g := newRig(t)
	e := g.want("/a", Miss, "")
	e.BodyStart = 70000
	if _, err := e.AppendHeader(nil); err == nil {
		t.Error("a header of 70000 bytes is accepted")
	}
	e.Release()
}

// FuzzFront: no file makes a request read beyond what there is.
func FuzzFront(f *testing.F) {
	e := &Entry{Key: []byte("/a"), Meta: Meta{BodyStart: 400}}
	e.HeaderStart = frontSize + len(keyMark) + 3
	e.SetETag(`"tag"`)
	e.SetVary("Accept")
	e.fill()
	b := make([]byte, frontSize)
	e.front.write(b)
	f.Add(append(append(b, "\nKEY: /a\n"...), make([]byte, 100)...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		e := &Entry{Key: []byte("/a"), Length: int64(len(b)), Buf: b}
		e.HeaderStart = frontSize + len(keyMark) + 3
		if e.check(b) != "" {
			return
		}
		e.Meta = e.front.Meta
		_, _, _ = e.Head(), e.ETag(), e.Vary()
		again := make([]byte, frontSize)
		e.front.write(again)
		var f front
		if f.read(again); f != e.front && e.front.varyLen == int(e.front.vary.n) {
			t.Errorf("%+v\nwas written as\n%+v", e.front, f)
		}
	})
}

// A temporary file may lie on another file system.
func TestOtherFileSystem(t *testing.T) {
	const shm = "/dev/shm"
	var here, there file.Info
	g := newRig(t, "levels=1:2")
	if file.Stat(g.c.Folder, &here) != 0 || file.Stat(shm, &there) != 0 || here.Dev == there.Dev {
		t.Skip("no other file system")
	}
	temp, err := os.CreateTemp(shm, "cache")
	if err != nil {
		t.Skip(err)
	}
	defer temp.Close()
	e := g.want("/a", Miss, "")
	e.ValidSec, e.BodyStart = g.seconds+10, e.HeaderStart+len(head)
	b, err := e.AppendHeader(nil)
	if err != nil {
		t.Fatal(err)
	}
	temp.Write(append(append(b, head...), "x"...))
	if !e.Commit(int(temp.Fd()), temp.Name()) {
		t.Errorf("not stored: %s", g.logged())
	}
	if _, err := os.Stat(temp.Name()); err == nil {
		t.Error("the temporary file is still there")
	}
	g.want("/a", Hit, "x").Release()
	g.verify()
	g.wantLog("")
}
