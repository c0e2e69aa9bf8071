package redis

import (
	"bufio"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/redis/redistest"
)

func client(t *testing.T, o Options) *Client {
	t.Helper()
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	o.Host, o.Timeout = "127.0.0.1", 2*time.Second
	c := New(loop, o)
	t.Cleanup(func() { c.Close(); loop.Stop(); <-done })
	return c
}

func TestCommands(t *testing.T) {
	s := redistest.Start(t, "--requirepass", "pw")
	c := client(t, Options{Port: s.Port, Password: "pw", Database: 3})
	for _, x := range []struct {
		command string
		want    Reply
		err     string
	}{
		{"SET k v", Reply{Text: "OK"}, ""},
		{"GET k", Reply{Text: "v"}, ""},
		{"GET other", Reply{Nil: true}, ""},
		{"INCR n", Reply{Int: 1}, ""},
		{"RPUSH l a b", Reply{Int: 2}, ""},
		{"LRANGE l 0 -1", Reply{List: []Reply{{Text: "a"}, {Text: "b"}}}, ""},
		{"LRANGE none 0 -1", Reply{List: []Reply{}}, ""},
		{"INCR k", Reply{}, "ERR value is not an integer or out of range"},
		{"DBSIZE", Reply{Int: 3}, ""},
	} {
		got, err := c.Do(strings.Fields(x.command)...)
		if !reflect.DeepEqual(got, x.want) || x.err == "" && err != nil || x.err != "" && fmt.Sprint(err) != x.err {
			t.Errorf("%s: %+v %v", x.command, got, err)
		}
	}
	r, err := NewScript("return {ARGV[1]+1, #KEYS}").Run(c, []string{"a", "b"}, []string{"41"})
	if n, bad := r.Ints(nil); err != nil || bad != nil || !reflect.DeepEqual(n, []int64{42, 2}) {
		t.Errorf("script: %v %v %v", r, err, bad)
	}
	if _, err := client(t, Options{Port: s.Port, Password: "wrong"}).Do("PING"); err == nil || !strings.Contains(err.Error(), "WRONGPASS") {
		t.Errorf("a wrong password: %v", err)
	}
}

// A server that went away and came back is found again.
func TestServerComesBack(t *testing.T) {
	s := redistest.Start(t)
	c := client(t, Options{Port: s.Port})
	if _, err := c.Do("PING"); err != nil {
		t.Fatal(err)
	}
	s.Down()
	if _, err := c.Do("PING"); err == nil {
		t.Fatal("there is an answer of a server that is away")
	}
	s.Up()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := c.Do("PING"); err == nil {
			break
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	s.Down()
	s.Up() // the connection that was kept is closed: another is made
	if _, err := c.Do("PING"); err != nil {
		t.Error(err)
	}
}

func TestBrokenAnswers(t *testing.T) {
	for _, text := range []string{"", "+", "+a", "+a\n", "?a\r\n", ":x\r\n", "$5\r\nab", "$-2\r\n", "*-2\r\n", "*1\r\n", "*2\r\n:1\r\n",
		"$99999999999\r\n", "*99999999999\r\n", strings.Repeat("*1\r\n", 20) + ":1\r\n", strings.Repeat("x", 5000)} {
		r, err := read(bufio.NewReader(strings.NewReader(text)), 0)
		var said Error
		if err == nil || errors.As(err, &said) {
			t.Errorf("%q is read as %+v", text, r)
		}
	}
}
