package speaker

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
	"moongate/test/netns"
)

// node is a speaker in a namespace of its own, and what it says.
type node struct {
	t      *testing.T
	space  *netns.Space
	events chan role.Event
	done   chan int
	kept   map[string]string

	mu    sync.Mutex
	lines []string
	read  int // how many have been waited for
	more  chan struct{}
}

// Ready implements role.Parent.
func (n *node) Ready() { n.log(role.Info, "ready") }

// Keep implements role.Parent.
func (n *node) Keep(key, value string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.kept[key] = value
}

// Tell implements role.Parent.
func (n *node) Tell(role.Name, []byte) {}

func (n *node) log(_ role.Level, format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
	select {
	case n.more <- struct{}{}:
	default:
	}
}

// start runs a speaker. It is stopped with the test.
func start(t *testing.T, space *netns.Space, cfg *config.Config) *node {
	n := newNode(t, space)
	n.start(&role.Session{Config: cfg})
	return n
}

func newNode(t *testing.T, space *netns.Space) *node {
	return &node{t: t, space: space, events: make(chan role.Event, 8), done: make(chan int, 1), kept: map[string]string{}, more: make(chan struct{}, 1)}
}

func (n *node) start(s *role.Session) {
	s.Log, s.Events, s.Parent = n.log, n.events, n
	go n.space.Do(func() { n.done <- Run(s) })
	n.t.Cleanup(n.stop)
}

func (n *node) stop() {
	if n.events == nil {
		return
	}
	n.events <- role.Event{Kind: role.Stop}
	n.events = nil
	select {
	case code := <-n.done:
		if code != role.OK {
			n.t.Errorf("it ends with %d", code)
		}
	case <-time.After(10 * time.Second):
		n.t.Error("it does not end")
	}
}

// await waits for a line that begins so, behind those waited for before.
func (n *node) await(line string) {
	n.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		n.mu.Lock()
		for n.read < len(n.lines) {
			n.read++
			if strings.HasPrefix(n.lines[n.read-1], line) {
				n.mu.Unlock()
				return
			}
		}
		n.mu.Unlock()
		select {
		case <-n.more:
		case <-limit:
			n.mu.Lock()
			defer n.mu.Unlock()
			n.t.Fatalf("%q is not logged:\n%s", line, strings.Join(n.lines, "\n"))
		}
	}
}

// ask is how things stand.
func (n *node) ask() *status.Status {
	got := make(chan *status.Status, 1)
	n.events <- role.Event{Kind: role.Ask, Answer: func(s *status.Status) { got <- s }}
	return <-got
}

// holds checks whether an interface has an address. The speaker is asked first, so
// that it has done what it has logged.
func (n *node) holds(dev, addr string, want bool) {
	n.t.Helper()
	n.ask()
	s := n.space.Run("ip -o addr show dev " + dev)
	if has := strings.Contains(s, " "+addr+"/"); has != want {
		n.t.Errorf("%s has %s: %v\n%s", dev, addr, has, s)
	}
}

func instance(prio uint8, addrs ...string) *config.Instance {
	c := &config.Instance{
		Name: "VI_1", Interface: "eth0", VRID: 51, Priority: prio, Version: 3, Interval: 50 * time.Millisecond,
		GARP: config.GARP{Repeat: 5, LowerRepeat: 5}, DownTimerAdverts: 3, TimerExpiredBackup: -1, Accept: true,
	}
	for _, a := range addrs {
		p := netip.MustParsePrefix(a)
		c.V6 = p.Addr().Is6()
		c.Addrs = append(c.Addrs, config.Address{Prefix: p})
	}
	return c
}

func with(list ...*config.Instance) *config.Config { return &config.Config{Instances: list} }

// wire is two namespaces with a cable between them.
func wire(t *testing.T) (a, b *netns.Space) {
	a, b = netns.New(t), netns.New(t)
	netns.Join(a, "eth0", "10.9.0.1/24", b, "eth0", "10.9.0.2/24")
	return a, b
}

// The better one is master; when it stops, the other takes over; when it comes
// back, it is master again.
func TestTwo(t *testing.T) {
	for name, change := range map[string]func(c *config.Instance, self, other string){
		"multicast": func(*config.Instance, string, string) {},
		"version 2": func(c *config.Instance, _, _ string) {
			c.Version, c.Interval, c.Priority = 2, time.Second, c.Priority+100
		},
		"unicast": func(c *config.Instance, self, other string) {
			c.Source, c.Unicast = netip.MustParseAddr(self), true
			c.Peers = []config.Peer{{Addr: netip.MustParseAddr(other)}}
		},
		"AH": func(c *config.Instance, _, _ string) {
			c.Version, c.Interval, c.Priority, c.Auth.Type = 2, time.Second, c.Priority+100, config.AH
		},
		"virtual MAC": func(c *config.Instance, _, _ string) { c.VMAC.Use = true },
		"no_accept":   func(c *config.Instance, _, _ string) { c.Accept = false },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := wire(t)
			one, two := instance(150, "10.9.0.100/24"), instance(100, "10.9.0.100/24")
			change(one, "10.9.0.1", "10.9.0.2")
			change(two, "10.9.0.2", "10.9.0.1")
			dev := "eth0"
			if one.VMAC.Use {
				dev = "vrrp.51"
			}
			A := start(t, a, with(one))
			A.await("(VI_1) Entering MASTER STATE")
			A.await("Sending gratuitous ARP on " + dev + " for 10.9.0.100")
			B := start(t, b, with(two))
			B.await("(VI_1) Entering BACKUP STATE (init)")
			B.await("VRRP sockpool: [ifindex(")
			A.holds(dev, "10.9.0.100", true)
			A.stop()
			A.await("(VI_1) sent 0 priority")
			B.await("(VI_1) Backup received priority 0 advertisement")
			B.await("(VI_1) Entering MASTER STATE")
			B.await("Sending gratuitous ARP on " + dev + " for 10.9.0.100")
			B.holds(dev, "10.9.0.100", true)
			if s, _ := a.Try("ip -o addr show"); strings.Contains(s, "10.9.0.100") {
				t.Errorf("the first has the address still:\n%s", s)
			}
			A = start(t, a, with(one))
			A.await("(VI_1) received lower priority (")
			A.await("(VI_1) Entering MASTER STATE")
			B.await("(VI_1) Master received advert from 10.9.0.1 with higher priority")
			B.await("(VI_1) removing VIPs.")
			A.await("(VI_1) Received advert from 10.9.0.2 with lower priority")
			A.holds(dev, "10.9.0.100", true)
			B.holds(dev, "10.9.0.100", false)
			if s := B.ask().Instances[0]; s.State != status.Backup || s.Stats.Received == 0 || s.Stats.BecameMaster != 1 || s.Stats.ReleasedMaster != 1 || s.Master != netip.MustParseAddr("10.9.0.1") {
				t.Errorf("%+v", s)
			}
		})
	}
}
