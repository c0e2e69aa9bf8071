package snmp

import (
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// snmpd is one that does what a test says.
type snmpd struct {
	t      *testing.T
	listen net.Listener
	conn   net.Conn
	packet uint32
}

func newSnmpd(t *testing.T) *snmpd {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "master"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &snmpd{t: t, listen: l}
}

func (m *snmpd) socket() string { return "unix:" + m.listen.Addr().String() }

// accept takes a session.
func (m *snmpd) accept() {
	m.t.Helper()
	c, err := m.listen.Accept()
	if err != nil {
		m.t.Fatal(err)
	}
	m.conn = c
	m.t.Cleanup(func() { c.Close() })
	if p := m.read(); p.Type != agentx.Open || p.Description != "keepalived" {
		m.t.Fatalf("it begins with %+v", p)
	} else {
		m.put(&agentx.PDU{Header: agentx.Header{Type: agentx.Response, Session: 7, Packet: p.Packet}, Uptime: 100})
	}
}

// register lets it register n trees, and answers as told.
func (m *snmpd) register(n int, answer agentx.Error) string {
	m.t.Helper()
	var names []string
	for range n {
		p := m.read()
		if p.Type != agentx.Register || p.Session != 7 {
			m.t.Fatalf("it does not register: %+v", p)
		}
		names = append(names, p.Name.String())
		m.put(&agentx.PDU{Header: agentx.Header{Type: agentx.Response, Session: 7, Packet: p.Packet}, Error: answer})
	}
	return strings.Join(names, " ")
}

func (m *snmpd) read() *agentx.PDU {
	m.t.Helper()
	m.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	p, err := read(m.conn)
	if err != nil {
		m.t.Fatalf("nothing comes: %v", err)
	}
	return p
}

func (m *snmpd) put(p *agentx.PDU) {
	m.t.Helper()
	b, err := p.Append(nil)
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := m.conn.Write(b); err != nil {
		m.t.Fatal(err)
	}
}

// ask sends a PDU and gives the answer.
func (m *snmpd) ask(p agentx.PDU) *agentx.PDU {
	m.t.Helper()
	m.packet++
	p.Session, p.Packet = 7, m.packet
	m.put(&p)
	r := m.read()
	if r.Type != agentx.Response || r.Packet != m.packet {
		m.t.Fatalf("the answer to %+v is %+v", p, r)
	}
	return r
}

// told is a process that is asked.
type told struct {
	mu   sync.Mutex
	cfg  config.Config
	in   status.Instance
	dumb bool // it does not answer
	log  []string
}

func newTold(socket string) *told {
	p := &told{}
	p.cfg.Global = config.Global{RouterID: "r", SNMP: config.SNMP{VRRP: true, Traps: true, Socket: socket}}
	p.cfg.Instances = []*config.Instance{{Name: "VI", Interface: "eth0", VRID: 5, Priority: 100, Version: 2, Interval: time.Second}}
	p.in = status.Instance{Config: p.cfg.Instances[0], BasePriority: 100, Effective: 100, State: status.Master}
	return p
}

func (p *told) ask(answer func(*Snapshot)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dumb {
		return
	}
	set := func(_ string, n uint8) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.in.BasePriority = int(n)
	}
	answer(&Snapshot{Config: &p.cfg, Status: &status.Status{Instances: []status.Instance{p.in}}, SetPriority: set, SetPreempt: func(string, bool) {}})
}

func (p *told) logf(_ role.Level, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.log = append(p.log, format)
}

func (p *told) start(t *testing.T) *Link {
	a := Start(nil, role.VRRP, &p.cfg.Global, p.ask, p.logf)
	t.Cleanup(func() { a.Close(5 * time.Second) })
	return a
}

var priority = entry(vrrp, 3).With(7, 1)

func TestSession(t *testing.T) {
	m := newSnmpd(t)
	p := newTold(m.socket())
	a := Start(nil, role.VRRP, &p.cfg.Global, p.ask, p.logf)
	m.accept()
	if got := m.register(2, agentx.NoError); got != global.String()+" "+vrrp.String() {
		t.Errorf("it serves %s", got)
	}
	get := agentx.PDU{Header: agentx.Header{Type: agentx.Get}, Ranges: []agentx.Range{{Start: priority}, {Start: priority.With(1)}, {Start: vrrp.With(99, 1)}}}
	r := m.ask(get)
	if r.Vars[0].Value.Int() != 100 || r.Vars[1].Value.Kind != agentx.NoSuchInstance || r.Vars[2].Value.Kind != agentx.NoSuchObject {
		t.Errorf("Get: %+v", r.Vars)
	}
	get.Flags, get.Context = agentx.NonDefaultContext, []byte("x")
	if r := m.ask(get); r.Error != agentx.UnsupportedContext {
		t.Errorf("in a context: %+v", r)
	}
	if r := m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.Ping}}); r.Error != agentx.NoError {
		t.Errorf("Ping: %+v", r)
	}
	if r := m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.Register}}); r.Error != agentx.ProcessingError {
		t.Errorf("Register the wrong way: %+v", r)
	}
	g := &p.cfg.Global
	a.Instance(g, p.cfg.Instances[0], status.Backup, 3, p.in.Source, 0)
	if trap := m.read(); trap.Type != agentx.Notify || trap.Vars[0].Value.Name.Compare(instanceTrap) != 0 || trap.Vars[1].Value.Bytes != "VI" || trap.Vars[2].Value.Int() != 1 {
		t.Errorf("the trap is %+v", trap)
	}
	if Start(a, role.VRRP, g, p.ask, p.logf) != a {
		t.Error("a reload that changes nothing ends the session")
	}
	a.Instance(g, p.cfg.Instances[0], Stopped, 3, p.in.Source, 0)
	a.Close(5 * time.Second)
	if last := m.read(); last.Type != agentx.Notify {
		t.Errorf("at the end, before Close: %+v", last)
	}
	if last := m.read(); last.Type != agentx.Close || last.Reason != agentx.ReasonShutdown {
		t.Errorf("at the end: %+v", last)
	}
}

func TestSet(t *testing.T) {
	m := newSnmpd(t)
	p := newTold(m.socket())
	p.start(t)
	m.accept()
	m.register(2, agentx.NoError)
	test := func(name agentx.OID, v agentx.Value, want agentx.Error) {
		t.Helper()
		r := m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.TestSet, Transaction: 9}, Vars: []agentx.Variable{{Name: name, Value: v}}})
		if r.Error != want || want != agentx.NoError && r.Index != 1 {
			t.Errorf("%v = %+v: error %d at %d, not %d", name, v, r.Error, r.Index, want)
		}
	}
	value := func() int {
		return m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.Get}, Ranges: []agentx.Range{{Start: priority}}}).Vars[0].Value.Int()
	}
	test(priority, agentx.Text("5"), agentx.WrongType)
	test(priority, agentx.Int(0), agentx.WrongValue)
	test(priority, agentx.Int(256), agentx.WrongValue)
	test(entry(vrrp, 3).With(7, 2), agentx.Int(5), agentx.NoCreation)
	test(entry(vrrp, 3).With(8, 1), agentx.Int(5), agentx.NotWritable)
	test(vrrp.With(99), agentx.Int(5), agentx.NotWritable)
	test(priority, agentx.Int(50), agentx.NoError)
	if n := value(); n != 100 {
		t.Errorf("a test has set %d", n)
	}
	m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.CommitSet, Transaction: 9}})
	if n := value(); n != 50 {
		t.Errorf("after the commit it is %d", n)
	}
	m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.UndoSet, Transaction: 9}})
	if n := value(); n != 100 {
		t.Errorf("after the undoing it is %d", n)
	}
	test(priority, agentx.Int(60), agentx.NoError)
	m.put(&agentx.PDU{Header: agentx.Header{Type: agentx.CleanupSet, Session: 7, Transaction: 9}})
	m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.CommitSet, Transaction: 9}})
	if n := value(); n != 100 {
		t.Errorf("what was cleaned up was set: %d", n)
	}
}

// A snmpd that goes away is looked for again; what it refuses is told.
func TestAgain(t *testing.T) {
	m := newSnmpd(t)
	p := newTold(m.socket())
	p.start(t)
	m.accept()
	m.register(2, agentx.NoError)
	m.conn.Close()
	m.accept()
	m.register(2, agentx.DuplicateRegister)
	if r := m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.Get}, Ranges: []agentx.Range{{Start: priority}}}); r.Vars[0].Value.Int() != 100 {
		t.Errorf("then: %+v", r)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	log := strings.Join(p.log, "\n")
	for _, want := range []string{"Starting SNMP", "AgentX session is open", "AgentX master disconnected us, reconnecting in %d", "AgentX master does not let us serve %v: error %d"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q:\n%s", want, log)
		}
	}
}

// A snmpd that accepts and says nothing holds nobody up, and neither does a process
// that does not answer.
func TestSilence(t *testing.T) {
	m := newSnmpd(t)
	p := newTold(m.socket())
	a := Start(nil, role.VRRP, &p.cfg.Global, p.ask, p.logf)
	for range waiting + 10 {
		a.Group(&p.cfg.Global, &config.Group{Name: "G"}, status.Backup)
	}
	begin := time.Now()
	a.Close(10 * time.Millisecond)
	if d := time.Since(begin); d > time.Second {
		t.Errorf("its end took %v", d)
	}
	m.listen.Close()

	m = newSnmpd(t)
	p = newTold(m.socket())
	p.dumb = true
	p.start(t)
	m.accept()
	m.register(2, agentx.NoError)
	if r := m.ask(agentx.PDU{Header: agentx.Header{Type: agentx.GetNext}, Ranges: []agentx.Range{{Start: vrrp}}}); r.Error != agentx.GenErr {
		t.Errorf("of a process that does not answer: %+v", r)
	}
}

// Nothing is there when nothing is wanted.
func TestOff(t *testing.T) {
	var g config.Global
	if a := Start(nil, role.VRRP, &g, nil, nil); a != nil {
		t.Error("there is a link")
	}
	g.SNMP = config.SNMP{Checker: true, Traps: true}
	if a := Start(nil, role.VRRP, &g, nil, nil); a != nil {
		t.Error("there is a link in the VRRP process for the checker")
	}
	var none *Link
	none.Instance(&g, &config.Instance{}, status.Master, 1, status.Instance{}.Source, 1)
	none.Close(time.Hour)
}

// Traps have keepalived's variables; none is sent of what is not shown.
func TestTraps(t *testing.T) {
	g := &config.Global{RouterID: "r", SNMP: config.SNMP{VRRP: true, RFC2: true, RFC3: true, Checker: true, Traps: true}}
	l := &Link{traps: make(chan []agentx.Variable, waiting), log: func(role.Level, string, ...any) {}}
	in := &config.Instance{Name: "VI", VRID: 5, Version: 2, Master: true}
	source := netip.MustParseAddr("10.0.0.1")
	v := &config.Server{Addr: netip.MustParseAddrPort("10.0.0.9:80"), Protocol: "TCP", Quorum: 1}
	r := &config.RealServer{Addr: netip.MustParseAddrPort("10.0.0.8:80")}
	for _, c := range []struct {
		name string
		do   func()
		want []string
	}{
		{"an instance", func() { l.Instance(g, in, status.Master, 3, source, 3) }, []string{
			"K.2.10.0.2 K.2.3.1.2 K.2.3.1.4 K.2.3.1.5 K.1.2.0", ".1.3.6.1.2.1.68.0.1 .1.3.6.1.2.1.68.1.3.1.7.3.5",
			".1.3.6.1.2.1.207.0.1 .1.3.6.1.2.1.207.1.1.1.1.3.3.5.1 .1.3.6.1.2.1.207.1.2.5.1.2.3.5.1"}},
		{"a backup", func() { l.Instance(g, in, status.Backup, 3, source, 0) }, []string{"K.2.10.0.2 K.2.3.1.2 K.2.3.1.4 K.2.3.1.5 K.1.2.0"}},
		{"a group", func() { l.Group(g, &config.Group{Name: "G"}, status.Backup) }, []string{"K.2.10.0.1 K.2.1.1.2 K.2.1.1.3 K.1.2.0"}},
		{"a password", func() { l.Auth(g, in, 3, source, 3) }, []string{".1.3.6.1.2.1.68.0.2 .1.3.6.1.2.1.68.1.5.3.5 .1.3.6.1.2.1.68.1.6.3.5"}},
		{"a packet", func() { l.Protocol(g, in, 3, 2) }, []string{".1.3.6.1.2.1.207.0.2 .1.3.6.1.2.1.207.1.2.5.1.6.3.5.1"}},
		{"a real server", func() { l.Real(g, v, r, true, 1, 2) }, []string{
			"K.3.5.0.1 K.3.4.1.3 K.3.4.1.4 K.3.4.1.5 K.3.4.1.6 K.3.3.1.2 K.3.3.1.5 K.3.3.1.6 K.3.3.1.7 K.3.3.1.8 K.3.3.1.21 K.3.3.1.20 K.1.2.0"}},
		{"a quorum", func() { l.Quorum(g, &config.Server{FwMark: 7}, true, 1, 2) }, []string{
			"K.3.5.0.2 K.3.3.1.2 K.3.3.1.4 K.3.3.1.8 K.3.3.1.23 K.3.3.1.22 K.3.3.1.21 K.3.3.1.20 K.1.2.0"}},
		{"without traps", func() {
			g.SNMP.Traps = false
			l.Instance(g, in, status.Master, 3, source, 3)
			l.Real(g, v, r, true, 1, 2)
		}, nil},
	} {
		c.do()
		var got []string
		for len(l.traps) > 0 {
			vars := <-l.traps
			names := []string{vars[0].Value.Name.String()}
			for _, one := range vars[1:] {
				names = append(names, one.Name.String())
			}
			got = append(got, strings.ReplaceAll(strings.Join(names, " "), keepalived.String(), "K"))
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%s\nnot\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestTransport(t *testing.T) {
	for spec, want := range map[string]string{
		"unix:/var/agentx/master": "unix /var/agentx/master", "/x": "unix /x", "tcp:127.0.0.1:705": "tcp 127.0.0.1:705",
		"tcp:705": "tcp localhost:705", "tcp:host": "tcp host:705", "host:99": "tcp host:99", "tcp6:[::1]:705": "tcp6 [::1]:705", "tcp::705": "tcp localhost:705",
	} {
		network, addr, err := transport(spec)
		if got := network + " " + addr; err != nil || got != want {
			t.Errorf("%s is %s (%v), not %s", spec, got, err, want)
		}
	}
	if _, _, err := transport("udp:127.0.0.1:705"); err == nil {
		t.Error("udp is taken")
	}
}
