package daemon

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"moongate/edge/sys/proc"
)

// The parent serves what its children tell, and says which of them does not answer.
func TestMetrics(t *testing.T) {
	r := start(t, "global_defs {\n metrics_listen unix:DIR/m\n notify_fifo DIR/fifo\n}\n"+oneInstance, "")
	r.await("Startup complete", 1)
	if st, err := os.Stat(filepath.Join(r.dir, "fifo")); err != nil || st.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the FIFO of all processes: %v", err)
	}
	if got := fetch(t, r, "/metrics"); !strings.Contains(got, "keepalived_up{role=\"vrrp\"} 1\n") || !strings.Contains(got, `iname="asked"`) {
		t.Errorf("got %s", got)
	}
	if got := fetch(t, r, "/status"); !strings.Contains(got, `"asked"`) {
		t.Errorf("got %s", got)
	}
	child := r.pid("v")
	proc.Kill(child, proc.SIGSTOP)
	stopped(t, child)
	if got := fetch(t, r, "/metrics"); !strings.Contains(got, "keepalived_up{role=\"vrrp\"} 0\n") {
		t.Errorf("one that does not answer: %s", got)
	}
	proc.Kill(child, proc.Signal(syscall.SIGCONT))
	if got := fetch(t, r, "/metrics"); !strings.Contains(got, "keepalived_up{role=\"vrrp\"} 1\n") {
		t.Errorf("one that answers again: %s", got)
	}
	// A reload may move it.
	r.write("global_defs {\n metrics_listen unix:DIR/other\n}\n" + oneInstance)
	r.signal("p", proc.SIGHUP)
	r.await("Reload complete", 1)
	os.Rename(filepath.Join(r.dir, "other"), filepath.Join(r.dir, "m"))
	if got := fetch(t, r, "/metrics"); !strings.Contains(got, "keepalived_up{role=\"vrrp\"} 1\n") {
		t.Errorf("after a reload: %s", got)
	}
	r.signal("p", proc.SIGTERM)
	r.wait()
	if _, err := os.Stat(filepath.Join(r.dir, "fifo")); err == nil {
		t.Error("the FIFO is left behind")
	}
}

// stopped waits until a process has stopped.
func stopped(t *testing.T, pid int) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if _, state, _ := strings.Cut(string(stat), ") "); err == nil && strings.HasPrefix(state, "T") {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d does not stop: %s, %v", pid, stat, err)
		}
	}
}

func fetch(t *testing.T, r *daemonRun, path string) string {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", filepath.Join(r.dir, "m"))
	}}}
	res, err := c.Get("http://keepalived" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
