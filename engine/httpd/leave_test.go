package httpd

import (
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// While the address is about to move, idle connections are closed, answers say
// that the connection ends, and who comes is served.
func TestLeaving(t *testing.T) {
	g, err := build(t, `http2 on; server { listen SOCK; say x; }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.cycle.Beats = true
	g.serve()
	row := g.worker.Proc.Row
	await(t, "a sign of life", func() bool { return row.Beat.Load() != 0 })

	idle, two := g.dial(), g.dial2().hello()
	two.one(two.get("/"))
	idle.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
	answer := make([]byte, 4096)
	n, _ := idle.Read(answer)
	if strings.Contains(string(answer[:n]), "Connection: close") {
		t.Fatalf("%s", answer[:n])
	}
	g.cycle.Board.SetLeaving(true)
	if n, err := idle.Read(answer); err != io.EOF {
		t.Errorf("an idle connection stays open: %q, %v", answer[:n], err)
	}
	if code := two.goaway(); code != 0 {
		t.Error(code)
	}
	k := g.dial2().hello()
	k.get("/")
	for answered, told := false, false; !answered || !told; {
		switch k.read().(type) {
		case *http2.HeadersFrame:
			answered = true
		case *http2.GoAwayFrame:
			told = true
		}
	}
	if got := g.ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.Contains(got, "Connection: close") || !strings.Contains(got, "200 OK") {
		t.Error(got)
	}
	g.cycle.Board.SetLeaving(false)
	await(t, "the end of leaving", func() bool { return !g.worker.leaving.Load() })
	last := row.Beat.Load()
	await(t, "another sign of life", func() bool { return row.Beat.Load() != last })
	stays := g.dial()
	for range 2 {
		stays.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
		if n, err := stays.Read(answer); err != nil || strings.Contains(string(answer[:n]), "Connection: close") {
			t.Errorf("%s %v", answer[:n], err)
		}
	}
}

func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(5 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("no " + what)
		}
	}
}
