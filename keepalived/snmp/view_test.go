package snmp

import (
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/conf"
	"moongate/keepalived/config"
	"moongate/keepalived/config/configtest"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

var update = flag.Bool("update", false, "write what is expected anew")

// snapshot has all of testdata/all.conf at work: its instances are masters, and the first
// real server is down.
func snapshot(t *testing.T) *Snapshot {
	t.Helper()
	f, err := conf.Read("k.conf", conf.Options{
		Read: func(string) ([]byte, error) { return os.ReadFile("testdata/all.conf") },
		Glob: func(string) ([]string, error) { return nil, errors.New("none") },
	})
	if err != nil {
		t.Fatal(err)
	}
	host := configtest.Two()
	c, problems := config.Load(f, host, config.Options{})
	if c == nil {
		t.Fatal(problems)
	}
	now := time.Unix(1_000_000, 0)
	st := &status.Status{UnknownVRIDs: 3}
	for name, index := range map[string]int{"eth0": 3, "eth1": 5} {
		st.Interfaces = append(st.Interfaces, status.Interface{Name: name, Index: index, MAC: []byte{2, 0, 0, 0, 0, byte(index)}})
	}
	for i, in := range c.Instances {
		source := netip.MustParseAddr("10.88.0.1")
		if in.V6 {
			source = netip.MustParseAddr("fe80::1")
		}
		st.Instances = append(st.Instances, status.Instance{
			Config: in, State: status.Master, Want: status.Master, BasePriority: int(in.Priority), Effective: int(in.Priority) + i, Owned: true,
			NoPreempt: in.NoPreempt, Began: now.Add(-time.Minute), MasterReason: 3, Source: source, Interface: in.Interface,
			Set: every(in.Addrs), SetExtra: every(in.Excluded), ChecksumErrors: 1, VersionErrors: 2, LastError: 1,
			Stats: status.Stats{Received: 1 << 33, BecameMaster: 2, TTLErrors: 3, IntervalErrors: 4, AddressErrors: 5, LengthErrors: 6},
		})
	}
	for _, g := range c.Groups {
		st.Groups = append(st.Groups, status.Group{Config: g, State: status.Master})
	}
	for _, k := range c.Scripts {
		st.Scripts = append(st.Scripts, status.Script{Config: k, Ran: k.Weight > 0, Up: true})
	}
	for _, k := range c.Files {
		st.Files = append(st.Files, status.File{Config: k, Value: 7})
	}
	for _, k := range c.BFDs {
		st.BFDs = append(st.BFDs, status.BFD{Config: k, Up: true})
	}
	for _, k := range c.Processes {
		st.Processes = append(st.Processes, status.Process{Config: k, Count: 2, Quorate: true})
	}
	for _, v := range c.Servers {
		sv := status.Server{Config: v, Quorum: true, Connections: 1 << 33, PacketsIn: 2, PacketsOut: 3, BytesIn: 4, BytesOut: 5}
		for i, r := range v.Servers {
			one := status.Real{Config: r, Alive: i > 0, Weight: r.Weight, Active: 6, Inactive: 7, Connections: 8}
			for _, k := range r.Checkers {
				one.Checkers = append(one.Checkers, status.Check{Config: k})
			}
			sv.Reals = append(sv.Reals, one)
		}
		st.Servers = append(st.Servers, sv)
	}
	return &Snapshot{Config: c, Status: st, at: now, booted: now.Add(-time.Hour), rates: &rates{}}
}

func every(list []config.Address) []bool {
	set := make([]bool, len(list))
	for i := range set {
		set[i] = true
	}
	return set
}

// show writes a variable as snmpwalk does, numbers of kinds aside.
func show(v *variable) string {
	names := map[agentx.Kind]string{agentx.Integer: "INTEGER", agentx.Gauge32: "Gauge32", agentx.Counter32: "Counter32", agentx.Counter64: "Counter64",
		agentx.TimeTicks: "Timeticks", agentx.IPAddress: "IpAddress", agentx.OctetString: "STRING"}
	text := fmt.Sprint(v.value.Num)
	switch k := v.value.Kind; {
	case k == agentx.Integer:
		text = fmt.Sprint(v.value.Int())
	case k == agentx.OctetString && strings.ContainsFunc(v.value.Bytes, func(r rune) bool { return r < ' ' || r > '~' }), k == agentx.IPAddress:
		text = fmt.Sprintf("% X", v.value.Bytes)
	case k == agentx.OctetString:
		text = fmt.Sprintf("%q", v.value.Bytes)
	}
	return fmt.Sprintf("%v = %s: %s\n", v.name, names[v.value.Kind], text)
}

// What all tables have was held against walks of keepalived 2.2.7, then written down.
func TestWalk(t *testing.T) {
	s := snapshot(t)
	var b strings.Builder
	for _, of := range []role.Name{role.VRRP, role.Checker} {
		v := viewOf(of, s)
		for i := range v.vars {
			if i > 0 && v.vars[i-1].name.Compare(v.vars[i].name) >= 0 {
				t.Errorf("%v is not before %v", v.vars[i-1].name, v.vars[i].name)
			}
			b.WriteString(show(&v.vars[i]))
		}
	}
	if *update {
		if err := os.WriteFile("testdata/all.walk", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/all.walk")
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(wanted)) {
		if i >= len(got) || i >= len(wanted) || got[i] != wanted[i] {
			t.Fatalf("line %d is not what testdata/all.walk says: %q", i+1, got[min(i, len(got)-1)])
		}
	}
}

// Next by next, and in bulk, the same comes that is there.
func TestNext(t *testing.T) {
	v := viewOf(role.VRRP, snapshot(t))
	at := agentx.Range{Start: agentx.MustOID("1"), End: agentx.MustOID("1.4")}
	for i := range v.vars {
		one := v.next(at)
		if one.Name.Compare(v.vars[i].name) != 0 {
			t.Fatalf("behind %v comes %v, not %v", at.Start, one.Name, v.vars[i].name)
		}
		at.Start = one.Name
	}
	if one := v.next(at); one.Value.Kind != agentx.EndOfMIBView || one.Name.Compare(at.Start) != 0 {
		t.Errorf("behind the last: %+v", one)
	}
	first := v.vars[0].name
	if one := v.next(agentx.Range{Start: first, Include: true}); one.Name.Compare(first) != 0 {
		t.Errorf("with itself: %v", one.Name)
	}
	if one := v.next(agentx.Range{Start: first, End: v.vars[1].name}); one.Value.Kind != agentx.EndOfMIBView {
		t.Errorf("up to the next: %v", one.Name)
	}
	bulk := v.bulk(&agentx.PDU{NonRepeaters: 1, MaxRepetitions: 3, Ranges: []agentx.Range{{Start: first}, {Start: vrrp}, {Start: v.vars[len(v.vars)-2].name}}})
	var names []string
	for _, one := range bulk {
		names = append(names, one.Name.String())
	}
	last := v.vars[len(v.vars)-1].name.String()
	i, _ := v.at(vrrp)
	want := []string{v.vars[1].name.String(), v.vars[i].name.String(), last, v.vars[i+1].name.String(), last, v.vars[i+2].name.String(), last}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("in bulk:\n%v\n%v", names, want)
	}
	if n := len(v.bulk(&agentx.PDU{MaxRepetitions: 65535, Ranges: make([]agentx.Range, 3)})); n > most {
		t.Errorf("in bulk there are %d", n)
	}
}

func TestRates(t *testing.T) {
	k, now := &rates{}, time.Unix(100, 0)
	for _, c := range []struct {
		after time.Duration
		total traffic
		want  rate
	}{
		{0, traffic{100}, rate{}},
		{2 * time.Second, traffic{120, 8}, rate{10, 4}},
		{100 * time.Millisecond, traffic{500}, rate{10, 4}}, // too soon
		{10 * time.Second, traffic{10, 8}, rate{}},          // another server
	} {
		now = now.Add(c.after)
		if got := k.of(now, 1, -1, c.total); got != c.want {
			t.Errorf("%v: %v, not %v", c.total, got, c.want)
		}
	}
	if got := k.of(now, 2, 0, traffic{5}); got != (rate{}) {
		t.Errorf("the first of another: %v", got)
	}
}

func BenchmarkView(b *testing.B) {
	s := &Snapshot{Config: &config.Config{}, Status: &status.Status{}, rates: &rates{}}
	s.Config.Global.SNMP = config.SNMP{VRRP: true, RFC2: true, RFC3: true}
	for i := range 500 {
		c := &config.Instance{Name: fmt.Sprint("VI_", i), Interface: "eth0", VRID: uint8(i), Version: 2, Addrs: []config.Address{{Prefix: netip.MustParsePrefix("10.0.0.1/32")}}}
		s.Status.Instances = append(s.Status.Instances, status.Instance{Config: c})
	}
	for b.Loop() {
		viewOf(role.VRRP, s)
	}
}
