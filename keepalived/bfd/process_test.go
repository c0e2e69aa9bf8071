package bfd

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
	"moongate/test/netns"

	"golang.org/x/sys/unix"
)

// daemon is a process under test, in a namespace of its own.
type daemon struct {
	t      *testing.T
	events chan role.Event
	news   chan string // ready, what was told, lines of the log, exit
}

func (d *daemon) Ready()                         { d.news <- "ready" }
func (d *daemon) Keep(string, string)            {}
func (d *daemon) Tell(to role.Name, data []byte) { d.news <- fmt.Sprintf("%s: %s", to, data) }

func start(t *testing.T, s *netns.Space, cfg *config.Config) *daemon {
	d := &daemon{t: t, events: make(chan role.Event, 10), news: make(chan string, 10000)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		s.Do(func() {
			code := Role().Run(&role.Session{Config: cfg, Events: d.events, Parent: d,
				Log: func(_ role.Level, format string, args ...any) { d.news <- "log: " + fmt.Sprintf(format, args...) }})
			d.news <- fmt.Sprint("exit ", code)
		})
	}()
	t.Cleanup(func() {
		select {
		case d.events <- role.Event{Kind: role.Stop}:
		default:
		}
		<-ended
	})
	return d
}

// wait reads news until there is the one that is waited for.
func (d *daemon) wait(want string) {
	d.t.Helper()
	limit := time.After(20 * time.Second)
	var seen []string
	for {
		select {
		case got := <-d.news:
			if got == want {
				return
			}
			seen = append(seen, got)
		case <-limit:
			d.t.Fatalf("%q never came; but\n%s", want, strings.Join(seen, "\n"))
		}
	}
}

func bfds(list ...*config.BFD) *config.Config { return &config.Config{BFDs: list} }

func between(source, neighbor string, change func(*config.BFD)) *config.BFD {
	return conf(func(c *config.BFD) {
		c.Source, c.Neighbor = netip.MustParseAddr(source), netip.MustParseAddr(neighbor)
		if change != nil {
			change(c)
		}
	})
}

func spaces(t *testing.T) (a, b *netns.Space) {
	a, b = netns.New(t), netns.New(t)
	netns.Join(a, "eth0", "10.9.0.1/24", b, "eth0", "10.9.0.2/24")
	a.Run("ip addr add fd00:9::1/64 dev eth0 nodad")
	b.Run("ip addr add fd00:9::2/64 dev eth0 nodad")
	return a, b
}

func TestProcess(t *testing.T) {
	for _, ends := range [][2]string{{"10.9.0.1", "10.9.0.2"}, {"fd00:9::1", "fd00:9::2"}} {
		for _, multihop := range []bool{false, true} {
			t.Run(fmt.Sprint(ends[0], multihop), func(t *testing.T) {
				sa, sb := spaces(t)
				kind := func(c *config.BFD) { c.Multihop = multihop }
				a := start(t, sa, bfds(between(ends[0], ends[1], kind)))
				a.wait("vrrp: B down")
				a.wait("check: B down")
				a.wait("ready")
				b := start(t, sb, bfds(between(ends[1], ends[0], kind)))
				a.wait("vrrp: B up")
				a.wait("check: B up")
				b.wait("vrrp: B up")

				a.events <- role.Event{Kind: role.Message, From: role.Checker}
				a.wait("check: B up")
				answer := make(chan *status.Status, 1)
				a.events <- role.Event{Kind: role.Ask, Answer: func(s *status.Status) { answer <- s }}
				if s := <-answer; len(s.BFDs) != 1 || !s.BFDs[0].Up || s.BFDs[0].State != "Up" {
					t.Errorf("%+v", s.BFDs)
				}

				b.events <- role.Event{Kind: role.Stop}
				b.wait("exit 0")
				a.wait("log: (B) Entering Down state (Local diagnostic - Neighbor Signaled Session Down, Remote diagnostic - Administratively Down)")
				a.wait("vrrp: B down")
			})
		}
	}
}

func TestLostLink(t *testing.T) {
	sa, sb := spaces(t)
	a := start(t, sa, bfds(between("10.9.0.1", "10.9.0.2", func(c *config.BFD) { c.VRRP = true })))
	start(t, sb, bfds(between("10.9.0.2", "10.9.0.1", nil)))
	a.wait("vrrp: B up")
	sb.Run("ip link set eth0 down")
	a.wait("log: (B) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - No Diagnostic)")
	a.wait("vrrp: B down")
	sb.Run("ip link set eth0 up")
	a.wait("vrrp: B up")
}

func TestReload(t *testing.T) {
	sa, sb := spaces(t)
	a := start(t, sa, bfds(between("10.9.0.1", "10.9.0.2", nil)))
	b := start(t, sb, bfds(between("10.9.0.2", "10.9.0.1", nil)))
	a.wait("vrrp: B up")
	b.wait("vrrp: B up")

	// The session goes on, a second one comes.
	second := between("fd00:9::1", "fd00:9::2", func(c *config.BFD) { c.Name = "B6" })
	a.events <- role.Event{Kind: role.Reload, Config: bfds(between("10.9.0.1", "10.9.0.2", func(c *config.BFD) { c.MinTX = 200 * time.Millisecond }), second)}
	a.wait("vrrp: B6 down")
	b.wait("log:      Detection time is 800000 us (was 400000 us)")
	b.events <- role.Event{Kind: role.Reload, Config: bfds(between("10.9.0.2", "10.9.0.1", nil), between("fd00:9::2", "fd00:9::1", func(c *config.BFD) { c.Name = "B6" }))}
	b.wait("vrrp: B6 up")

	// The first goes.
	a.events <- role.Event{Kind: role.Reload, Config: bfds(second)}
	b.wait("vrrp: B down")
}

// Packets that have come too far, or from somebody else, are no session's.
func TestStrangers(t *testing.T) {
	sa, sb := spaces(t)
	a := start(t, sa, bfds(between("10.9.0.1", "10.9.0.2", func(c *config.BFD) { c.MaxHops = 3 })))
	a.wait("ready")
	b := start(t, sb, bfds(between("10.9.0.2", "10.9.0.1", func(c *config.BFD) { c.TTL, c.MaxHops = 251, 255 })))
	a.wait("log: (B) Packet with ttl/hoplimit 251, at least 252 is wanted - ignoring")
	b.wait("ready")
	b.events <- role.Event{Kind: role.Reload, Config: bfds(between("10.9.0.2", "10.9.0.1", func(c *config.BFD) { c.TTL, c.MaxHops = 252, 255 }))}
	a.wait("vrrp: B up")
}

// keepalived 2.2.7 is the other end.
func TestWithKeepalived(t *testing.T) {
	const path = "/usr/sbin/keepalived"
	if _, err := os.Stat(path); err != nil {
		t.Skip("no keepalived here")
	}
	if out, _ := exec.Command(path, "-v").CombinedOutput(); !strings.Contains(string(out), "BFD") {
		t.Skip("a keepalived without BFD")
	}
	sa, sb := spaces(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "keepalived.conf")
	text := `bfd_instance B {
    neighbor_ip 10.9.0.1
    source_ip 10.9.0.2
    min_rx 50
    min_tx 100
    multiplier 3
}
vrrp_instance V {
    interface eth0
    virtual_router_id 7
    track_bfd {
        B
    }
    virtual_ipaddress {
        10.9.0.9
    }
}
`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	pid := func(s string) string { return filepath.Join(dir, s) }
	cmd := exec.Command(path, "-n", "-l", "-D", "-f", file, "-p", pid("p"), "-r", pid("r"), "-c", pid("c"), "-b", pid("b"))
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := sb.Start(cmd); err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop := func() {
		if !stopped {
			stopped = true
			cmd.Process.Signal(unix.SIGTERM)
			cmd.Wait()
		}
	}
	defer stop()
	a := start(t, sa, bfds(between("10.9.0.1", "10.9.0.2", nil)))
	a.wait("log:      Detection time is 300000 us (was 3000000 us)")
	a.wait("vrrp: B up")
	a.events <- role.Event{Kind: role.Stop}
	a.wait("exit 0")
	again := start(t, sa, bfds(between("10.9.0.1", "10.9.0.2", nil)))
	again.wait("vrrp: B up")
	stop()
	again.wait("vrrp: B down")
	for _, line := range []string{"(B) Entering Up state", "Remote diagnostic - Administratively Down"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("keepalived did not say %q:\n%s", line, out.String())
		}
	}
}
