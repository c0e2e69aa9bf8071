package lists

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone/zonetest"
	"moongate/gateway/entity"
	"moongate/gateway/redis/redistest"
)

// book is a Book with a loop, and its log.
func book(t *testing.T) (*Book, func() []string) {
	t.Helper()
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	t.Cleanup(func() { loop.Stop(); <-done })
	var mu sync.Mutex
	var lines []string
	b := &Book{Loop: loop, Log: func(text string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, text)
	}}
	return b, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string{}, lines...)
	}
}

func take(t *testing.T, b *Book, e entity.List) *List {
	t.Helper()
	l, err := b.Take(&e)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Give(l) })
	return l
}

func list(port int, kind, key, of string) entity.List {
	return entity.List{Of: of, Away: "last", Redis: entity.Redis{Address: fmt.Sprintf("127.0.0.1:%d", port), Key: key, Type: kind, Timeout: 2000}}
}

func cli(t *testing.T, s *redistest.Server, args ...string) {
	t.Helper()
	if out, err := exec.Command("redis-cli", append([]string{"-p", fmt.Sprint(s.Port)}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// on is which of the values are on the list.
func on(l *List, values ...string) string {
	var out []string
	for _, v := range values {
		if l.Has(v) {
			out = append(out, v)
		}
	}
	return strings.Join(out, " ")
}

func TestShapes(t *testing.T) {
	s := redistest.Start(t)
	b, log := book(t)
	cli(t, s, "SET", "gray", "192.168.40.1, 10.0.0.0/8\n2001:db8::/32 ::ffff:172.16.0.1;junk")
	cli(t, s, "SADD", "set", "alice", "bob smith", "127.0.0.1")
	cli(t, s, "HSET", "hash", "alice", "1", "carol", "0")
	cli(t, s, "SET", "user:alice", "x")
	for _, c := range []struct{ kind, key, of, want string }{
		{"string", "gray", "addresses", "192.168.40.1 10.200.1.1 2001:db8:1::5 172.16.0.1"},
		{"string", "gray", "users", "192.168.40.1 junk"},
		{"string", "none", "users", ""},
		{"set", "set", "addresses", "127.0.0.1"},
		{"set", "set", "users", "alice 127.0.0.1"},
		{"hash", "hash", "users", "alice carol"},
		{"member", "set", "users", "alice bob smith 127.0.0.1"},
		{"keys", "user:", "users", "alice"},
	} {
		l := take(t, b, list(s.Port, c.kind, c.key, c.of))
		if got := on(l, "192.168.40.1", "192.168.40.11", "10.200.1.1", "2001:db8:1::5", "172.16.0.1", "junk", "alice", "bob smith", "carol", "127.0.0.1", ""); got != c.want {
			t.Errorf("%s of %s in %s: %q, want %q", c.of, c.kind, c.key, got, c.want)
		}
	}
	if lines := log(); len(lines) != 0 {
		t.Error(lines)
	}
	wrong := take(t, b, list(s.Port, "set", "gray", "users"))
	if wrong.Has("junk") || len(log()) != 1 || !strings.Contains(log()[0], "WRONGTYPE") {
		t.Error("a key of another type: ", log())
	}
}

// An answer counts as long as the list says, and is asked for once.
func TestRefresh(t *testing.T) {
	s := redistest.Start(t)
	b, _ := book(t)
	cli(t, s, "SET", "gray", "a")
	cli(t, s, "SADD", "s", "a")
	for _, kind := range []string{"string", "member"} {
		key := map[string]string{"string": "gray", "member": "s"}[kind]
		always, seldom := list(s.Port, kind, key, "users"), list(s.Port, kind, key, "users")
		seldom.Redis.Refresh = 3_600_000
		now, later := take(t, b, always), take(t, b, seldom)
		if !now.Has("a") || !later.Has("a") {
			t.Fatal("the client is not on the list")
		}
		cli(t, s, "DEL", key)
		if now.Has("a") {
			t.Errorf("%s: an answer counts that must not", kind)
		}
		if !later.Has("a") {
			t.Errorf("%s: the answer was not kept", kind)
		}
		// Old enough, it is asked for again.
		later.mu.Lock()
		later.at -= time.Hour
		for v, a := range later.seen {
			a.at -= time.Hour
			later.seen[v] = a
		}
		later.mu.Unlock()
		if later.Has("a") {
			t.Errorf("%s: an old answer counts", kind)
		}
	}
}

// While Redis is away the list says who is on it, in one line a second; it comes back.
func TestAway(t *testing.T) {
	s := redistest.Start(t)
	b, log := book(t)
	for _, kind := range []string{"string", "keys"} {
		s.Down()
		s.Up()
		cli(t, s, "SET", "gray", "a")
		cli(t, s, "SET", "graya", "1")
		var three []*List
		for _, away := range []string{"last", "nobody", "everybody"} {
			e := list(s.Port, kind, "gray", "users")
			e.Away = away
			l := take(t, b, e)
			if got := on(l, "a", "b"); got != "a" {
				t.Fatalf("%s, %s: %q", kind, away, got)
			}
			three = append(three, l)
		}
		s.Down()
		before := len(log())
		start := time.Now()
		for range 100 {
			for i, want := range []string{"a", "", "a b"} {
				if got := on(three[i], "a", "b"); got != want {
					t.Fatalf("%s, %s: %q, want %q", kind, three[i].Away, got, want)
				}
			}
		}
		// One line of each list, and one more for each second that this took.
		if n := len(log()) - before; n < 3 || n > 3*(1+int(time.Since(start)/time.Second)) {
			t.Errorf("%d lines: %q", n, log())
		}
		s.Up()
		cli(t, s, "SET", "gray", "b")
		cli(t, s, "SET", "grayb", "1")
		for _, l := range three {
			l.mu.Lock()
			l.until = 0 // as if the pause were over
			l.mu.Unlock()
			for end := time.Now().Add(5 * time.Second); on(l, "b", "c") != "b"; {
				if time.Now().After(end) {
					t.Fatalf("%s, %s: Redis is not asked again", kind, l.Away)
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
}

// A server that takes connections and says nothing holds a request no longer than the
// timeout, and only one.
func TestSilentServer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go bufio.NewReader(c).ReadString(0)
		}
	}()
	b, _ := book(t)
	e := list(ln.Addr().(*net.TCPAddr).Port, "string", "gray", "users")
	e.Redis.Timeout, e.Redis.Password, e.Redis.Database = 200, "pw", 2
	l := take(t, b, e)
	start := time.Now()
	for range 20 {
		if l.Has("a") {
			t.Fatal("somebody is on a list that was never read")
		}
	}
	if took := time.Since(start); took < 100*time.Millisecond || took > time.Second {
		t.Errorf("20 requests took %v", took)
	}
}

// What was read is known to the next process, though Redis is away.
func TestOutlivesTheProcess(t *testing.T) {
	s := redistest.Start(t)
	d := zonetest.Dict(t, 1<<20)
	cli(t, s, "SET", "gray", "a")
	for i, want := range []string{"a", "a"} {
		b, _ := book(t)
		b.Dict = d
		if got := on(take(t, b, list(s.Port, "string", "gray", "users")), "a", "b"); got != want {
			t.Errorf("process %d: %q", i, got)
		}
		s.Down()
	}
}

// However many clients come, answers take bounded room.
func TestBounded(t *testing.T) {
	l := &List{seen: map[string]answer{}}
	for i := range 5 * many {
		l.note(fmt.Sprint(i), answer{})
		if len(l.seen)+len(l.before) > 2*many {
			t.Fatal(i, len(l.seen), len(l.before))
		}
	}
	if (&List{List: entity.List{Redis: entity.Redis{Type: "keys"}}}).Has(strings.Repeat("x", longestValue+1)) {
		t.Error("a long value is on the list")
	}
}
