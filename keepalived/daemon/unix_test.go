package daemon

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/role"
)

// mailbox is a datagram socket.
type mailbox struct {
	path string
	conn *net.UnixConn
}

func listenUnix(t *testing.T) *mailbox {
	m := &mailbox{path: filepath.Join(t.TempDir(), "s")}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: m.path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	m.conn = conn
	return m
}

func (m *mailbox) next(t *testing.T) string {
	t.Helper()
	buf := make([]byte, 4096)
	m.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	n, err := m.conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func (m *mailbox) expect(t *testing.T, want string) {
	t.Helper()
	if got := m.next(t); !strings.HasPrefix(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestSyslog(t *testing.T) {
	m := listenUnix(t)
	l := newLogger(&options{Facility: 19, NoSyslog: true}, role.VRRP, nil)
	l.syslog = m.path
	l.log(role.Info, "(VI_1) Entering %s STATE", "MASTER")
	l.log(role.Alert, "100%%")
	l.rename(identOf(role.Checker, "inst"))
	first, second := m.next(t), m.next(t)
	if !strings.HasPrefix(first, "<158>") || !strings.HasSuffix(first, sprint("[%d]: (VI_1) Entering MASTER STATE", os.Getpid())) {
		t.Errorf("got %q", first)
	}
	if !strings.HasPrefix(second, "<153>") || !strings.HasSuffix(second, ": 100%") {
		t.Errorf("got %q", second)
	}
	l.log(role.Info, "two\nlines")
	if got := m.next(t); !strings.Contains(got, " Keepalived_healthcheckers_inst[") || !strings.HasSuffix(got, ": two lines") {
		t.Errorf("got %q", got)
	}
	l.close()
}

// A log that nobody reads holds nobody up.
func TestStuckLog(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	l := newLogger(&options{NoSyslog: true}, "", nil)
	l.console = w
	begin := time.Now()
	for range queueLines * 3 {
		l.log(role.Info, "%s", strings.Repeat("x", 100))
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("logging took %s", took)
	}
	if l.lost.Load() == 0 {
		t.Error("nothing was lost")
	}
	l.close()
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the end took %s", took)
	}
	w.Close()
}

func TestLogFileNames(t *testing.T) {
	for _, c := range []struct {
		path string
		name role.Name
		want string
	}{
		{"/tmp/keepalived.log", "", "/tmp/keepalived.log"}, {"/tmp/keepalived.log", role.VRRP, "/tmp/keepalived_vrrp.log"},
		{"/a.b/log", role.BFD, "/a.b/log_bfd"}, {"x.y.z", role.Checker, "x.y_healthcheckers.z"},
	} {
		if got := fileOf(c.path, c.name); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.path, c.name, got, c.want)
		}
	}
}
