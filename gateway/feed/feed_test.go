package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/event"
)

func runLoop(t *testing.T) *event.Loop {
	t.Helper()
	l, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { l.Run(); close(done) }()
	t.Cleanup(func() { l.Stop(); <-done })
	return l
}

// ledger is a server whose state is a list of words.
type ledger struct {
	Server
	words []string
	heard chan string
}

func (l *ledger) say(word string) {
	l.Publish(func() []byte {
		l.words = append(l.words, word)
		return AppendFrame(nil, Change, []byte(word))
	})
}

func serve(t *testing.T, path string, words ...string) *ledger {
	t.Helper()
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{words: words, heard: make(chan string, 64)}
	l.Server = Server{Secret: "s3cret",
		Snapshot: func() []byte { return AppendFrame(nil, State, []byte(strings.Join(l.words, " "))) },
		Report:   func(w Worker, k Kind, body []byte) { l.heard <- fmt.Sprint(w.Pid, " ", k, " ", string(body)) },
		Joined:   func(w Worker) { l.heard <- fmt.Sprint("+", w.Pid) },
		Left:     func(w Worker) { l.heard <- fmt.Sprint("-", w.Pid) },
	}
	done := make(chan error)
	go func() { done <- l.Serve(ln) }()
	t.Cleanup(func() {
		ln.Close()
		l.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l
}

// pupil is a client that keeps the list.
type pupil struct {
	Client
	mu    sync.Mutex
	words string
	got   chan string
}

func follow(t *testing.T, loop *event.Loop, path string, lost func(error, int)) *pupil {
	t.Helper()
	p := &pupil{got: make(chan string, 64)}
	p.Client = Client{Loop: loop, Path: path, Secret: "s3cret", Worker: Worker{Pid: 7}, Lost: lost, Handle: func(k Kind, body []byte) error {
		p.mu.Lock()
		defer p.mu.Unlock()
		if string(body) == "bad" {
			return errors.New("not understood")
		}
		if k == State {
			p.words = string(body)
		} else {
			p.words += " " + string(body)
		}
		p.got <- p.words
		return nil
	}}
	loop.Go(p.Run)
	t.Cleanup(p.Close)
	return p
}

func wait(t *testing.T, from <-chan string, want string) {
	t.Helper()
	select {
	case got := <-from:
		if got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("no %q", want)
	}
}

func TestFeed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	loop := runLoop(t)
	l := serve(t, path, "one")
	p := follow(t, loop, path, nil)
	wait(t, l.heard, "+7")
	wait(t, p.got, "one")
	l.say("two")
	wait(t, p.got, "one two")
	if !p.Send(16, []byte("counted")) {
		t.Error("a report is not sent")
	}
	wait(t, l.heard, "7 16 counted")
	if w := l.Workers(); len(w) != 1 || w[0].Pid != 7 {
		t.Error(w)
	}
	// What can't be understood makes the state come anew.
	l.Publish(func() []byte { return AppendFrame(nil, Change, []byte("bad")) })
	wait(t, l.heard, "-7")
	wait(t, l.heard, "+7")
	wait(t, p.got, "one two")
	long := strings.Repeat("x", 3<<20)
	l.say(long)
	wait(t, p.got, "one two "+long)
}

// A worker that has no loop yet waits for the state.
func TestFetch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	got := make(chan string, 1)
	go func() {
		b, err := Fetch(path, "s3cret", Worker{Pid: 9}, 5*time.Second)
		got <- fmt.Sprint(string(b), err)
	}()
	serve(t, path, "all", "there is")
	wait(t, got, "all there is<nil>")
	if _, err := Fetch(path, "guess", Worker{}, 50*time.Millisecond); err == nil {
		t.Error("a stranger is told")
	}
}

// The server may go and another one come: the worker follows it.
func TestFeedComesBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	loop := runLoop(t)
	lost := make(chan string, 64)
	p := follow(t, loop, path, func(err error, times int) {
		select {
		case lost <- fmt.Sprint(times):
		default:
		}
	})
	t.Run("first", func(t *testing.T) {
		l := serve(t, path, "a")
		wait(t, l.heard, "+7")
		wait(t, p.got, "a")
	})
	t.Run("second", func(t *testing.T) {
		l := serve(t, path, "b")
		wait(t, l.heard, "+7")
		wait(t, p.got, "b")
	})
	if p.Close(); len(lost) == 0 {
		t.Error("nobody was told")
	}
}

func TestStrangers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l := serve(t, path, "secret things")
	huge := appendHead(nil, hello, 1<<30)
	for name, first := range map[string][]byte{
		"wrong secret": AppendFrame(nil, hello, []byte(`{"secret":"guess"}`)), "no secret": AppendFrame(nil, hello, []byte(`{}`)),
		"not json": AppendFrame(nil, hello, []byte(`x`)), "another kind": AppendFrame(nil, State, []byte(`{"secret":"s3cret"}`)), "huge": huge,
	} {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		c.Write(first)
		if b, err := io.ReadAll(c); len(b) > 0 || err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: told %q, %v", name, b, err)
		}
		c.Close()
	}
	if len(l.Workers()) > 0 {
		t.Error("a stranger counts as a worker")
	}
}

// A worker that takes nothing is cut off.
func TestSlowWorker(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l := serve(t, path)
	l.MaxWaiting = 1 << 20
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write(AppendFrame(nil, hello, []byte(`{"secret":"s3cret","Pid":3}`)))
	wait(t, l.heard, "+3")
	for i := 0; len(l.heard) == 0; i++ {
		if i == 10000 {
			t.Fatal("it is fed on and on")
		}
		l.Publish(func() []byte { return AppendFrame(nil, Change, make([]byte, 64<<10)) })
	}
	wait(t, l.heard, "-3")
}

func FuzzFrame(f *testing.F) {
	f.Add(AppendFrame(nil, Change, []byte("abc")))
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{255, 255, 255, 255, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		k, body, err := readFrame(bytes.NewReader(data), nil, 1<<16)
		if err == nil && !bytes.HasPrefix(data, AppendFrame(nil, k, body)) {
			t.Fatalf("%d %q", k, body)
		}
	})
}
