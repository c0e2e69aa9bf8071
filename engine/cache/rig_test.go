package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/edge/wire/http1"
	"moongate/engine/zone"
	"moongate/engine/zone/zonetest"
)

func TestMain(m *testing.M) { zonetest.Main(m, work) }

// rig is a cache in this process with a clock of its own.
type rig struct {
	t       testing.TB
	zs      *zone.Zones
	c       *Cache
	logFile string
	log     errlog.Log
	seconds int64
}

// newRig opens a cache by the arguments of a proxy_cache_path, in a fresh folder.
func newRig(t testing.TB, args ...string) *rig {
	t.Helper()
	return rigIn(t, t.TempDir(), args...)
}

func rigIn(t testing.TB, folder string, args ...string) *rig {
	t.Helper()
	g := &rig{t: t, seconds: time.Now().Unix()}
	p, err := ParsePath("proxy_cache_path", append([]string{folder, "keys_zone=one:1m"}, args...), func(s string) string { return s })
	if err != nil {
		t.Fatal(err)
	}
	g.zs = zonetest.Bound(t, func(zs *zone.Zones) {
		zs.Declare(p.Name, p.Size, zone.KindCacheKeys)
		zs.Declare(bellsName, zone.BellsSize, zone.KindBells)
	})
	g.logFile = filepath.Join(t.TempDir(), "error.log")
	g.log = logTo(t, g.logFile)
	g.c = opened(t, g.zs, p, &g.log)
	g.c.clock = func() int64 { return g.seconds * 1e9 }
	t.Cleanup(g.c.bells.Close)
	return g
}

// inMemory is a folder where replacing a file costs no write to a disk.
func inMemory(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "cache")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func logTo(t testing.TB, name string) errlog.Log {
	f := file.NewAppend(name)
	if err := f.Open(); err != nil {
		t.Fatal(err)
	}
	return errlog.NewChain(f, errlog.Info).Log()
}

func opened(t testing.TB, zs *zone.Zones, p *Path, log *errlog.Log) *Cache {
	c := newCache(p, zs.Find(p.Name))
	c.log, c.bellsZone = log, zs.Find(bellsName)
	if err := c.Open(); err != nil {
		t.Fatal(err)
	}
	return c
}

// logged gives the log without times and numbers of processes.
func (g *rig) logged() string {
	text, _ := os.ReadFile(g.logFile) // there is none without a line
	var lines []string
	for line := range strings.Lines(string(text)) {
		_, line, _ = strings.Cut(line, " [")
		level, line, _ := strings.Cut(line, "] ")
		_, line, _ = strings.Cut(line, ": ")
		lines = append(lines, level+" "+line)
	}
	return strings.Join(lines, "")
}

// wantLog wants one more line, and nothing else.
func (g *rig) wantLog(line string) {
	g.t.Helper()
	if got := strings.TrimSuffix(g.logged(), "\n"); got != line {
		g.t.Errorf("log:\n%s\nwant:\n%s", got, line)
	}
	os.Truncate(g.logFile, 0)
}

// entry is one for a key, as a request makes it.
func (g *rig) entry(key string) *Entry {
	e := new(Entry)
	g.reset(e, key)
	return e
}

func newEntry(c *Cache, log *errlog.Log, key string) *Entry {
	return (&rig{c: c, log: *log}).entry(key)
}

func (g *rig) reset(e *Entry, key string) {
	buf := e.Buf
	e.Reset(g.c)
	if buf == nil {
		buf = make([]byte, 4096)
	}
	e.Log, e.Buf, e.MinUses = &g.log, buf, 1
	e.LockTimeout, e.LockAge = 5*time.Second, 5*time.Second
	e.Key = append(e.Key, key...)
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"

// store writes the answer of an entry.
func store(e *Entry, lives int64, body string) error {
	now := e.cache.now()
	e.ValidSec, e.Date, e.LastModified = now+lives, now, -1
	e.BodyStart = e.HeaderStart + len(head)
	b, err := e.AppendHeader(nil)
	if err != nil {
		return err
	}
	fd, name, err := e.CreateTemp()
	if err != nil {
		return err
	}
	defer file.Close(fd)
	b = append(append(b, head...), body...)
	if no := file.WriteAt(fd, b, 0); no != 0 {
		return fmt.Errorf("write: errno %d", no)
	}
	if !e.Commit(fd, name) {
		return fmt.Errorf("not committed")
	}
	return nil
}

// put stores an answer that nobody has asked for.
func (g *rig) put(key, body string, lives int64, fields ...http1.Header) {
	g.t.Helper()
	e := g.entry(key)
	e.Fields = fields
	if r := e.Open(); r != Miss && r != Stale {
		g.t.Fatalf("%s: %d before it was stored", key, r)
	}
	if err := store(e, lives, body); err != nil {
		g.t.Fatal(err)
	}
}

// body reads the body that an entry has found.
func body(e *Entry) string {
	fd := e.TakeFD()
	defer file.Close(fd)
	b := make([]byte, e.Length-int64(e.BodyStart))
	n, _ := file.ReadAt(fd, b, int64(e.BodyStart))
	return string(b[:n])
}

// want opens a key and wants a result, and what stands in the body if there is one.
func (g *rig) want(key string, r Result, text string) *Entry {
	g.t.Helper()
	e := g.entry(key)
	if got := e.Open(); got != r {
		g.t.Fatalf("%s: %d, want %d; log:\n%s", key, got, r, g.logged())
	}
	if r == Hit || r == Stale || r == Updating {
		if string(e.Head()) != head {
			g.t.Errorf("%s: header %q", key, e.Head())
		}
		if got := body(e); got != text {
			g.t.Errorf("%s: %q, want %q", key, got, text)
		}
	}
	return e
}

func (g *rig) verify() {
	g.t.Helper()
	x := g.c.index
	x.seg.Lock()
	defer x.seg.Unlock()
	if err := x.t.Verify(); err != nil {
		g.t.Error(err)
	}
	was := x.blocks
	if x.recount(); was != x.blocks {
		g.t.Errorf("%d blocks were counted, there are %d", was, x.blocks)
	}
}

func init() {
	event.UpdateTime()
	errlog.Echo(false)
}
