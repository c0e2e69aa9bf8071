package admin

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// book is a log file of a test.
type book struct {
	t    *testing.T
	path string
	f    *os.File
}

func newBook(t *testing.T) *book {
	b := &book{t: t, path: filepath.Join(t.TempDir(), "x.log")}
	b.reopen()
	t.Cleanup(func() { b.f.Close() })
	return b
}

func (b *book) reopen() {
	b.t.Helper()
	f, err := os.OpenFile(b.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		b.t.Fatal(err)
	}
	b.f = f
}

func (b *book) write(text string) {
	b.t.Helper()
	if _, err := b.f.WriteString(text); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) open() *tail {
	b.t.Helper()
	t, err := openTail(b.path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(t.close)
	return t
}

// expect reads what is new.
func expect(t *testing.T, tail *tail, want ...string) {
	t.Helper()
	list, skipped, err := tail.next()
	if err != nil || skipped != 0 || !slices.Equal(list, want) {
		t.Errorf("%q, %d left out, %v; want %q", list, skipped, err, want)
	}
}

// The last 200 lines come first, then those that are written.
func TestTail(t *testing.T) {
	b := newBook(t)
	for i := range 300 {
		b.write(fmt.Sprintf("line %d\n", i))
	}
	b.write("a part")
	tail := b.open()
	list, err := tail.last()
	if err != nil || len(list) != tailLines || list[0] != "line 100" || list[199] != "line 299" {
		t.Fatalf("%d lines, %q, %v", len(list), list[0], err)
	}
	expect(t, tail)
	b.write(" of a line\n\nbad \xff\n" + strings.Repeat("x", 2*maxLine) + "\nlast\n")
	expect(t, tail, "a part of a line", "", "bad \uFFFD", strings.Repeat("x", maxLine), "last")
	expect(t, tail)
}

// Of a large file only the end is read, from the beginning of a line on.
func TestTailOfMuch(t *testing.T) {
	b := newBook(t)
	long := strings.Repeat("y", 5000)
	for i := range 100 {
		b.write(fmt.Sprintf("%d %s\n", i, long))
	}
	tail := b.open()
	list, err := tail.last()
	if err != nil || len(list) != tailFirst/5003 || !strings.HasPrefix(list[len(list)-1], "99 ") || len(list[0]) != 5003 {
		t.Fatalf("%d lines, %v", len(list), err)
	}
	for i := range 500 {
		b.write(fmt.Sprintf("%d %s\n", i, long))
	}
	lines, skipped, err := tail.next()
	if err != nil || skipped < 500*5000-tailRead || len(lines) == 0 || len(lines) > tailRead/5000 || len(lines[0]) < 5000 || !strings.HasPrefix(lines[len(lines)-1], "499 ") {
		t.Errorf("%d lines, %d left out, %v", len(lines), skipped, err)
	}
}

// Logs are rotated in two ways: another file, or the same one cut off.
func TestTailRotated(t *testing.T) {
	b := newBook(t)
	b.write("one\n")
	tail := b.open()
	if list, _ := tail.last(); !slices.Equal(list, []string{"one"}) {
		t.Error(list)
	}
	if err := os.Rename(b.path, b.path+".1"); err != nil {
		t.Fatal(err)
	}
	b.write("two\n") // nobody has reopened yet
	expect(t, tail, "two")
	expect(t, tail)
	old := b.f
	defer old.Close()
	b.reopen()
	b.write("three\n")
	if _, err := old.WriteString("late\n"); err != nil {
		t.Fatal(err)
	}
	expect(t, tail, "late")
	expect(t, tail) // another file is there; the old one may still be written
	expect(t, tail)
	expect(t, tail, "three")
	if err := os.Truncate(b.path, 0); err != nil {
		t.Fatal(err)
	}
	b.write("4\n")
	expect(t, tail, "4")
	if err := os.Remove(b.path); err != nil {
		t.Fatal(err)
	}
	expect(t, tail)
	expect(t, tail)
}

// Nothing but regular files is read.
func TestTailOfOthers(t *testing.T) {
	for _, path := range []string{"/dev/null", t.TempDir(), "/nowhere"} {
		if _, err := openTail(path); err == nil {
			t.Errorf("%s is read", path)
		}
	}
}

func TestLogs(t *testing.T) {
	w, b := newWorld(t), newBook(t)
	w.h.Logs = []LogFile{{"error", b.path, true}, {"access", b.path, false}, {"null", "/dev/null", false}}
	url, d := w.serve(), w.document()
	told := d.Find("GET", "/logs")["x-moongate-events"].(map[string]any)
	next := func(in *bufio.Reader) map[string]any {
		t.Helper()
		e := readEvent(t, in)
		data := object(t, e.data)
		if err := d.Check(told[e.kind].(map[string]any), any(data)); err != nil {
			t.Errorf("%v: %v", e, err)
		}
		return data
	}
	b.write("2026/01/02 03:04:05 [error] 7#7: *1 x\n")
	in := w.follow(Operator, url+"/logs")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local)
	if l := next(in); l["level"] != "error" || l["text"] != "2026/01/02 03:04:05 [error] 7#7: *1 x" || l["time"] != float64(at.Unix()) {
		t.Errorf("%v", l)
	}
	b.write("panic: " + strings.Repeat(".", 20) + "\n")
	if l := next(in); l["level"] != "" || !strings.HasPrefix(l["text"].(string), "panic") || l["time"].(float64) < 1e9 {
		t.Errorf("%v", l)
	}
	b.write(`127.0.0.1 - - [02/Jan/2026:03:04:05 +0100] "GET / HTTP/1.1" 200` + "\n")
	next(in)
	access := w.follow(Admin, url+"/logs?name=access")
	next(access)
	next(access)
	if l := next(access); l["level"] != "" || l["time"] != float64(time.Date(2026, 1, 2, 2, 4, 5, 0, time.UTC).Unix()) {
		t.Errorf("%v", l)
	}
	if got := w.must(200, "GET", "/logs/names", "")["data"].([]any); len(got) != 3 || got[0].(map[string]any)["path"] != b.path {
		t.Errorf("%v", got)
	}
	for name, status := range map[string]int{"null": 404, "none": 404, "..%2Fetc%2Fpasswd": 404, b.path: 404} {
		if got := w.send(Operator, "GET", "/logs?name="+name, "").Code; got != status {
			t.Errorf("%s: %d", name, got)
		}
	}
	for _, path := range []string{"/logs", "/logs/names", "/logs?name=access"} {
		if got := w.send(Viewer, "GET", path, "").Code; got != 403 {
			t.Errorf("%s as a viewer: %d", path, got)
		}
	}
	for len(w.h.tails) < maxTails {
		w.h.tails <- struct{}{}
	}
	w.must(503, "GET", "/logs", "")
}
