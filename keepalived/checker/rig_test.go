package checker

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/notify"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// rig is a checker process without a parent, a kernel or scripts: what it does is
// written down in order.
type rig struct {
	t      *testing.T
	events chan role.Event
	code   chan int
	cfg    *config.Config
	p      *process

	mu       sync.Mutex
	lines    []string // log, notifications
	services string   // what the plane has
	kept     map[string]string
	active   uint64 // connections to each destination
	applyErr error
	news     chan struct{}
	ready    int
}

// plane is the rig's data plane.
type plane struct{ r *rig }

func (plane) Name() string { return "fake" }

func (p plane) Cannot(s *lvs.Service) []string {
	if s.Scheduler == "lc" {
		return []string{"lc"}
	}
	return nil
}

func (p plane) Apply(list []*lvs.Service) error {
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	defer p.r.ring()
	if err := p.r.applyErr; err != nil {
		p.r.applyErr = nil
		return err
	}
	var text []string
	for _, s := range list {
		one := s.Addr.String()
		for _, d := range s.Dests {
			one += fmt.Sprintf(" %d=%d", d.Addr.Port(), d.Weight)
		}
		text = append(text, one)
	}
	p.r.services = strings.Join(text, "; ")
	return nil
}

func (p plane) Counters() ([]lvs.ServiceCounters, error) {
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	var all []lvs.ServiceCounters
	for _, v := range p.r.cfg.Servers {
		for _, k := range lvs.Keys(v) {
			c := lvs.ServiceCounters{Key: k, Counters: lvs.Counters{Connections: 10, BytesIn: 20}}
			for port := uint16(1); port < 20; port++ {
				c.Dests = append(c.Dests, lvs.DestCounters{Addr: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)})
			}
			for _, r := range v.Servers {
				c.Dests = append(c.Dests, lvs.DestCounters{Addr: r.Addr, Counters: lvs.Counters{Connections: 5, Active: p.r.active}})
			}
			all = append(all, c)
		}
	}
	return all, nil
}

func (p plane) SetTimeouts(t lvs.Timeouts) error {
	p.r.note(fmt.Sprintf("timeouts %v %v %v", t.TCP, t.TCPFin, t.UDP))
	return nil
}

func (p plane) Flush() error {
	p.r.note("flushed")
	return nil
}

func (p plane) Close(keep bool) error {
	p.r.note(fmt.Sprintf("plane closed, keep %v", keep))
	return nil
}

func (r *rig) ring() {
	select {
	case r.news <- struct{}{}:
	default:
	}
}

func (r *rig) note(line string) {
	r.mu.Lock()
	r.lines = append(r.lines, line)
	r.mu.Unlock()
	r.ring()
}

// The parent's side.
func (r *rig) Ready() { r.mu.Lock(); r.ready++; r.mu.Unlock(); r.ring() }
func (r *rig) Keep(key, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept[key] = value
}
func (r *rig) Tell(role.Name, []byte) {}

// The notifier's side.
func (r *rig) Server(s notify.Server) {
	r.note(fmt.Sprintf("<%s %s %v script %v mail %v>", s.Service, s.Real, s.Up, s.Script.Args, s.Mail))
}
func (r *rig) Mail(s notify.Server)  { r.note("<mail " + s.Text + ">") }
func (r *rig) Reload(*config.Global) {}
func (r *rig) Close()                { r.note("notifier closed") }

func newRig(t *testing.T, cfg *config.Config) *rig {
	r := &rig{t: t, events: make(chan role.Event), code: make(chan int, 1), cfg: cfg, kept: map[string]string{}, news: make(chan struct{}, 1)}
	r.p = &process{
		session: &role.Session{Config: cfg, Events: r.events, Parent: r, Log: func(_ role.Level, format string, args ...any) { r.note(fmt.Sprintf(format, args...)) }},
		openers: []Opener{{"fake", func(*config.Global, role.Logf) (lvs.Plane, error) { return plane{r}, nil }}},
		notify:  r, swift: time.Millisecond,
		locals: func(role.Logf) (*locals, error) { return nil, errors.New("none here") },
	}
	return r
}

func (r *rig) start() {
	go func() { r.code <- r.p.run() }()
	r.t.Cleanup(func() { r.stop() })
	r.until("ready", func() bool { return r.ready > 0 })
}

func (r *rig) stop() {
	if r.events == nil {
		return
	}
	r.events <- role.Event{Kind: role.Stop}
	if code := <-r.code; code != role.OK {
		r.t.Errorf("exit code %d", code)
	}
	r.events = nil
}

func (r *rig) reload(cfg *config.Config) {
	r.t.Helper()
	r.mu.Lock()
	n := r.ready
	r.cfg = cfg
	r.mu.Unlock()
	r.events <- role.Event{Kind: role.Reload, Config: cfg}
	r.until("ready", func() bool { return r.ready > n })
}

func (r *rig) ask() *status.Status {
	answer := make(chan *status.Status, 1)
	r.events <- role.Event{Kind: role.Ask, Answer: func(s *status.Status) { answer <- s }}
	return <-answer
}

// until waits for something that is looked at under the lock.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	late := time.After(20 * time.Second)
	for {
		r.mu.Lock()
		done := ok()
		r.mu.Unlock()
		if done {
			return
		}
		select {
		case <-r.news:
		case <-late:
			r.mu.Lock()
			defer r.mu.Unlock()
			r.t.Fatalf("no %s; the plane has %q; %s", what, r.services, strings.Join(r.lines, "\n"))
		}
	}
}

func (r *rig) plane(want string) {
	r.t.Helper()
	r.until("services "+want, func() bool { return r.services == want })
}

func (r *rig) said(line string) {
	r.t.Helper()
	r.until("line "+line, func() bool { return slices.Contains(r.lines, line) })
}

// taken returns what was written down, and forgets it.
func (r *rig) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

// door is a TCP address that can be closed and opened.
type door struct {
	t    *testing.T
	addr netip.AddrPort
	l    net.Listener
}

func newDoor(t *testing.T) *door {
	d := &door{t: t, addr: netip.MustParseAddrPort("127.0.0.1:0")}
	d.open()
	t.Cleanup(func() { d.l.Close() })
	return d
}

func (d *door) open() {
	l, err := net.Listen("tcp", d.addr.String())
	if err != nil {
		d.t.Fatal(err)
	}
	d.l, d.addr = l, l.Addr().(*net.TCPAddr).AddrPort()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
}

func (d *door) close() { d.l.Close() }

// real is a real server with one TCP_CHECK that is quick.
func real(addr netip.AddrPort) *config.RealServer {
	return &config.RealServer{Addr: addr, Weight: 1, Mail: true,
		NotifyUp: config.Command{Args: []string{"up"}}, NotifyDown: config.Command{Args: []string{"down"}},
		Checkers: []*config.Checker{{Kind: "TCP_CHECK", Connect: addr, Timeout: 10 * time.Second, Loop: time.Millisecond, Retry: 0}}}
}

func serving(reals ...*config.RealServer) *config.Config {
	return &config.Config{Servers: []*config.Server{{Addr: netip.MustParseAddrPort("10.9.0.1:80"), Protocol: "TCP", Scheduler: "rr", Quorum: 1, Servers: reals}}}
}
