package config_test

import (
	"fmt"
	"io/fs"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/conf"
	"moongate/keepalived/config"
	"moongate/keepalived/config/configtest"
)

// load reads a text as keepalived -t does, on a machine in memory.
func load(t testing.TB, text string) (*config.Config, []config.Problem) {
	t.Helper()
	return loadAs(t, text, true)
}

func loadAs(t testing.TB, text string, test bool) (*config.Config, []config.Problem) {
	t.Helper()
	return loadOn(t, configtest.Two(), text, test)
}

func loadOn(t testing.TB, host config.Host, text string, test bool) (*config.Config, []config.Problem) {
	t.Helper()
	f, err := conf.Read("k.conf", conf.Options{ID: "moon", Read: func(name string) ([]byte, error) {
		if name != "k.conf" {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}, Glob: func(string) ([]string, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return config.Load(f, host, config.Options{Test: test})
}

// shown is what -t writes.
func shown(list []config.Problem) string {
	var b strings.Builder
	for _, p := range list {
		if p.Shown {
			b.WriteString(p.Text + "\n")
		}
	}
	return b.String()
}

// clean reads a text that has nothing wrong.
func clean(t *testing.T, text string) *config.Config {
	t.Helper()
	c, list := load(t, text)
	if s := shown(list); s != "" || c == nil {
		t.Fatalf("complaints:\n%s", s)
	}
	return c
}

func TestInstance(t *testing.T) {
	c := clean(t, `
global_defs {
 script_user root
 enable_script_security
 vrrp_garp_master_repeat 3
}
vrrp_script chk {
 script "/bin/true -x 'a b'"
 interval 2
 weight -20
 rise 2
}
vrrp_instance VI_1 {
 state MASTER
 interface eth0
 virtual_router_id 51
 priority 150
 advert_int 2
 authentication {
  auth_type PASS
  auth_pass s3cret
 }
 virtual_ipaddress {
  10.0.0.100/24 dev eth1 label eth1:1
  10.0.0.101
 }
 track_script {
  chk
 }
 track_interface {
  eth1 weight 5 reverse
 }
 notify_master /bin/true
}
vrrp_instance VI_2 {
 interface eth0
 virtual_router_id 52
 nopreempt
 virtual_ipaddress {
  fe80::1
  2001:db8::1/64
 }
}
vrrp_sync_group G {
 group {
  VI_1
  VI_2
 }
 sync_group_tracking_weight
}`)
	a, b := c.Instances[0], c.Instances[1]
	if !a.Master || a.VRID != 51 || a.Priority != 150 || a.Interval != 2*time.Second || a.Version != 2 || a.Auth.Type != config.Pass || string(a.Auth.Data[:6]) != "s3cret" {
		t.Errorf("VI_1: %+v", a)
	}
	if len(a.Addrs) != 2 || a.Addrs[0].Prefix.String() != "10.0.0.100/24" || a.Addrs[0].Dev != "eth1" || a.Addrs[1].Prefix.Bits() != 32 {
		t.Errorf("addresses: %+v", a.Addrs)
	}
	if a.GARP.Repeat != 3 || a.GARP.LowerRepeat != 3 || a.GARP.Delay != 5*time.Second || a.DownTimerAdverts != 3 || !a.Accept {
		t.Errorf("defaults: %+v", a)
	}
	if a.TrackScripts[0].Weight != -20 || a.TrackInterfaces[0].Weight != 5 || !a.TrackInterfaces[0].Reverse {
		t.Errorf("tracks: %+v %+v", a.TrackScripts, a.TrackInterfaces)
	}
	if s := c.Scripts[0]; strings.Join(s.Command.Args, "|") != "/bin/true|-x|a b" || s.Timeout != 2*time.Second || !s.Tracked {
		t.Errorf("script: %+v", s)
	}
	if !b.V6 || b.Version != 3 || b.Priority != 100 || !b.NoPreempt || b.Group == nil || len(b.Group.Instances) != 2 || b.Addrs[0].Preferred == nil || b.Addrs[1].Preferred != nil {
		t.Errorf("VI_2: %+v", b)
	}
}

func TestServers(t *testing.T) {
	c := clean(t, `
virtual_server 10.0.0.1 80 {
 lb_algo wrr
 lb_kind DR
 protocol TCP
 delay_loop 6
 quorum 2
 retry 4
 virtualhost www.example.com
 sorry_server 10.0.0.9
 real_server 10.0.0.2 80 {
  weight 3
  inhibit_on_failure
  HTTP_GET {
   url {
    path /a
    status_code 200-204 301
   }
   connect_port 8080
   retry 2
  }
 }
 real_server 10.0.0.3 80 {
  TCP_CHECK {
   connect_timeout 2.5
  }
  DNS_CHECK {
   type a
  }
 }
}`)
	s := c.Servers[0]
	if s.Addr.String() != "10.0.0.1:80" || s.Scheduler != "wrr" || s.Forward.Method != "DR" || s.Protocol != "TCP" || s.Quorum != 2 || s.Sorry == nil || s.Sorry.Addr.String() != "10.0.0.9:80" {
		t.Errorf("server: %+v %+v", s, s.Sorry)
	}
	x := s.Servers[0]
	h := x.Checkers[0]
	if x.Weight != 3 || !x.Inhibit || h.Connect.String() != "10.0.0.2:8080" || h.Retry != 2 || h.RetryDelay != 3*time.Second || h.Loop != 6*time.Second || h.HTTP.VirtualHost != "www.example.com" || h.HTTP.URLs[0].Status[0] != [2]int{200, 204} {
		t.Errorf("HTTP_GET: %+v %+v", h, h.HTTP)
	}
	y := s.Servers[1].Checkers
	if y[0].Timeout != 2500*time.Millisecond || y[0].Retry != 4 || y[0].RetryDelay != time.Second || y[1].DNS.Type != "A" || y[1].Retry != 4 || y[1].RetryDelay != 6*time.Second {
		t.Errorf("checks: %+v %+v", y[0], y[1])
	}
}

// The daemon writes some texts otherwise than -t, and takes a number as far as
// it goes; as keepalived 2.2.7 does.
func TestDaemon(t *testing.T) {
	for _, c := range []struct{ text, test, daemon string }{
		{"priority 300", "number '300' outside range [1, 255]", "number '300' outside range [1, 255]"},
		{"advert_int 0", "number '0' outside range [0.010000, 255.000000]", "WARNING - number '0' outside range [0.010000, 255.000000]"},
		{"garp_master_repeat x", "(A): garp_master_repeat 'x' invalid - ignoring", "(A): garp_master_repeat must be greater than 0, setting to 1"},
		{"debug x", "(A) Debug value 'x' not valid; must be between 0-4", "WARNING - invalid number 'x'"},
		{"preempt_delay 5x", "invalid number '5x'", "WARNING - invalid number '5x'"},
	} {
		text := "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n " + c.text + "\n virtual_ipaddress {\n  10.0.0.1\n }\n}\n"
		for test, want := range map[bool]string{true: c.test, false: c.daemon} {
			if _, list := loadAs(t, text, test); !strings.Contains(shown(list), "(k.conf: Line 4) "+want+"\n") {
				t.Errorf("%s (-t: %v): %q, want %q", c.text, test, shown(list), want)
			}
		}
	}
}

// What nothing is done with is told once, to those who want to know much; what
// each process has of its own comes from that process.
func TestWho(t *testing.T) {
	_, list := load(t, "foo\nglobal_defs {\n enable_dbus\n dbus_service_name x\n vrrp_ipsets\n vrrp_ipsets\n bar\n}\nvrrp_instance A {\n baz\n}\n")
	var got []string
	for _, p := range list {
		got = append(got, p.Who.String()+" "+p.Text)
		if p.Debug != strings.HasSuffix(p.Text, " does nothing here") {
			t.Errorf("%s: with -D only: %v", p.Text, p.Debug)
		}
	}
	want := []string{
		"parent (Line 1) Unknown keyword 'foo'", "parent (Line 3) enable_dbus: DBus is not supported - see metrics_listen", "parent (Line 5) vrrp_ipsets does nothing here", "parent (Line 7) Unknown keyword 'bar'",
		"checker (k.conf: Line 1) Unknown keyword 'foo'",
		"vrrp (k.conf: Line 1) Unknown keyword 'foo'", "vrrp (k.conf: Line 10) Unknown keyword 'baz'", "vrrp (A) the virtual router id must be set",
		"bfd (k.conf: Line 1) Unknown keyword 'foo'",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestGateway(t *testing.T) {
	c := clean(t, `
global_defs {
 lvs_backend ebpf
 metrics_listen 127.0.0.1:9650
}
track_gateway web {
 workers 2
 upstreams 50
 interval 0.2
 drain 5
 weight -30
}
vrrp_instance A {
 interface eth0
 virtual_router_id 1
 virtual_ipaddress {
  10.0.0.1
 }
 track_gateway {
  web weight -40
 }
}
vrrp_instance B {
 interface eth0
 virtual_router_id 2
 virtual_ipaddress {
  10.0.0.2
 }
 track_gateway {
 }
}`)
	if c.Global.Backend != "ebpf" || c.Global.Metrics != "127.0.0.1:9650" {
		t.Errorf("global: %q %q", c.Global.Backend, c.Global.Metrics)
	}
	g := c.Gateways
	if len(g) != 2 || g[0].Workers != 2 || g[0].Upstreams != 50 || g[0].Drain != 5*time.Second || !g[0].Tracked || g[1].Name != "" || g[1].Workers != 1 || !g[1].Tracked {
		t.Errorf("gateways: %+v", g)
	}
	if a, b := c.Instances[0].TrackGateways, c.Instances[1].TrackGateways; len(a) != 1 || a[0].Weight != -40 || len(b) != 1 || b[0].Name != "" {
		t.Errorf("tracks: %+v %+v", a, b)
	}
}

func TestAgainstSplitBrain(t *testing.T) {
	c := clean(t, `
global_defs {
 script_user root
 enable_script_security
}
vrrp_instance A {
 interface eth0
 virtual_router_id 1
 advert_int 2
 virtual_ipaddress {
  10.0.0.1
 }
 heartbeat {
  interface eth1
  peer 10.1.0.2 10.1.0.3
  peer 10.1.0.4
  source 10.1.0.1
 }
 tie_break {
  ping 10.0.0.254 fe80::1%eth0
  script /bin/true
  timeout 0.2
  count 2
 }
}
vrrp_instance B {
 interface eth0
 virtual_router_id 2
 virtual_ipaddress {
  10.0.0.2
 }
 heartbeat {
  interface eth1
  peer 10.1.0.2
  interval 0.25
 }
 tie_break {
  ping 10.0.0.254
 }
}`)
	a, b := c.Instances[0], c.Instances[1]
	if h := a.Heartbeat; h == nil || h.Interface != "eth1" || fmt.Sprint(h.Peers) != "[10.1.0.2 10.1.0.3 10.1.0.4]" || h.Source.String() != "10.1.0.1" || h.Interval != 2*time.Second {
		t.Errorf("heartbeat: %+v", h)
	}
	if k := a.TieBreak; k == nil || fmt.Sprint(k.Ping) != "[10.0.0.254 fe80::1%eth0]" || k.Command.Args[0] != "/bin/true" || k.Timeout != 200*time.Millisecond || k.Count != 2 {
		t.Errorf("tie_break: %+v", k)
	}
	if h := b.Heartbeat; h == nil || h.Source.IsValid() || h.Interval != 250*time.Millisecond {
		t.Errorf("heartbeat: %+v", h)
	}
	if k := b.TieBreak; k == nil || k.Timeout != 500*time.Millisecond || k.Count != 3 || k.Command.Set() {
		t.Errorf("tie_break: %+v", k)
	}
}

// What would protect from nothing is left out, and told.
func TestAgainstSplitBrainFaults(t *testing.T) {
	for _, c := range []struct{ block, want string }{
		{"heartbeat {\n interface eth0\n peer 10.1.0.2\n}", "(A) heartbeat is on eth0 as the adverts are, which is no second path - ignoring it"},
		{"heartbeat {\n interface eth1\n}", "(A) heartbeat needs an interface and a peer - ignoring it"},
		{"heartbeat {\n interface lo\n peer 10.1.0.2\n}", "(k.conf: Line 8) (A) cannot use a loopback interface (lo) for heartbeat - ignoring\n(A) heartbeat needs an interface and a peer - ignoring it"},
		{"heartbeat {\n interface eth1\n peer 10.1.0.2 fe80::1 x\n}", "(k.conf: Line 9) (A) malformed heartbeat peer x - ignoring\n(A) heartbeat peer fe80::1 is of another family than the adverts - ignoring"},
		{"heartbeat {\n interface eth1\n peer 10.1.0.2\n source fe80::1\n}", "(A) heartbeat source fe80::1 is of another family than the adverts - ignoring"},
		{"heartbeat {\n interface eth7\n peer 10.1.0.2\n}", "(k.conf: Line 8) WARNING - interface eth7 for heartbeat of vrrp_instance A doesn't exist"},
		{"heartbeat {\n interface eth1\n peer 10.1.0.2\n}\n}\nvrrp_instance B {\n interface eth1\n virtual_router_id 1\n virtual_ipaddress {\n  10.1.0.9\n }",
			"(A) virtual router 1 is on eth1 already, by B - ignoring the heartbeat there"},
		{"tie_break {\n timeout 1\n}", "(A) tie_break has nobody to ask - ignoring it"},
		{"tie_break {\n ping 10.0.0.1\n}", "(A) tie_break asks 10.0.0.1, which the master has - ignoring\n(A) tie_break has nobody to ask - ignoring it"},
		{"tie_break {\n ping 224.0.0.1 10.0.0.254\n}", "(k.conf: Line 8) (A) malformed tie_break address 224.0.0.1 - ignoring"},
	} {
		_, list := load(t, "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  10.0.0.1\n }\n"+c.block+"\n}\n")
		if got := shown(list); got != c.want+"\n" {
			t.Errorf("%s\ngot\n%swant\n%s", c.block, got, c.want)
		}
	}
}

// A file that is wrong all over is not kept all over.
func TestBounds(t *testing.T) {
	_, list := load(t, strings.Repeat("foo\n", 200000))
	if len(list) > 20010 || config.ExitCode(list) != config.ExitError {
		t.Errorf("%d problems, exit code %d", len(list), config.ExitCode(list))
	}
	// As many instances as keepalived's manual makes of one line.
	start := time.Now()
	c, list := load(t, "$I= \\\nvrrp_instance V${A}.${B} {\\\n interface eth0\\\n virtual_router_id 1\\\n virtual_ipaddress {\\\n 10.0.${A}.${B}\\\n }\\\n mcast_dst_ip 224.1.${A}.${B}\\\n}\n~SEQ(A,0,99) ~SEQ(B,1,200) $I\n")
	if len(c.Instances) != 20000 || shown(list) != "" {
		t.Errorf("%d instances: %.300s", len(c.Instances), shown(list))
	}
	t.Logf("20000 instances in %v", time.Since(start))
}

func TestEncap(t *testing.T) {
	c := clean(t, `
static_routes {
 10.1.0.0/16 encap ip id 42 src 10.0.0.1 dst 10.0.0.2 ttl 7 tos 0x10 dev eth0 metric 5
 10.2.0.0/16 dev eth0 encap ip6 dst 2001:db8::2 hoplimit 9 tc 3
 10.3.0.0/16 encap mpls 100/200 dev eth0
 2001:db8::/48 encap ila 1:2:3:ff dev eth0
}`)
	for i, want := range []config.Encap{
		{Kind: "ip", ID: 42, Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("10.0.0.2"), TTL: 7, TOS: 16},
		{Kind: "ip6", Dst: netip.MustParseAddr("2001:db8::2"), TTL: 9, TOS: 3},
		{Kind: "mpls", Labels: []uint32{100, 200}},
		{Kind: "ila", Locator: [4]uint16{1, 2, 3, 0xff}},
	} {
		r := c.StaticRoutes[i]
		if !reflect.DeepEqual(r.Encap, want) || r.Dev != "eth0" {
			t.Errorf("%v: %+v, want %+v", r.Dst, r.Encap, want)
		}
	}
	if c.StaticRoutes[0].Metric != 5 {
		t.Error("what follows is lost")
	}
}

// A plain number is in the kernel's units; what is too short is raised.
func TestRoundTrip(t *testing.T) {
	for _, c := range []struct {
		words, says string
		want        time.Duration
	}{
		{"rtt 50ms", "rtt value 50ms below minimum 200ms, resetting", 200 * time.Millisecond},
		{"rtt 1599", "rtt value 1599 below minimum 200ms, resetting", 200 * time.Millisecond},
		{"rtt 1601", "", 200*time.Millisecond + 125*time.Microsecond},
		{"rttvar 799", "rtt value 799 below minimum 200ms, resetting", 200 * time.Millisecond},
		{"rto_min lock 199", "rtt value 199 below minimum 200ms, resetting", 200 * time.Millisecond},
		{"rto_min 1200", "", 1200 * time.Millisecond},
		{"rtt 0.5s", "", 500 * time.Millisecond},
		{"rtt 300.1ms", "number '300.1' has too many decimal places", 300 * time.Millisecond},
		{"rto_min 121s", "(k.conf: Line 2) number '121' outside range [0.000, 120.000]", 0},
		{"rttvar 480001", "(k.conf: Line 2) number '480001' outside range [0., 480000.]", 0},
	} {
		got, list := load(t, "static_routes {\n 10.1.0.0/16 dev eth0 "+c.words+"\n}")
		said := ""
		if len(list) > 0 {
			said = list[0].Text
		}
		var d time.Duration
		for _, r := range got.StaticRoutes {
			d = max(r.RTT, r.RTTVar, r.RTOMin)
		}
		if d != c.want || said != c.says {
			t.Errorf("%s: %v, says %q", c.words, d, said)
		}
	}
}

func TestSNMP(t *testing.T) {
	c := clean(t, "global_defs {\n enable_snmp_vrrp\n enable_snmp_rfcv3\n enable_traps\n snmp_socket tcp:127.0.0.1:705\n}\n")
	if got, want := c.Global.SNMP, (config.SNMP{VRRP: true, RFC3: true, Traps: true, Socket: "tcp:127.0.0.1:705"}); got != want {
		t.Errorf("%+v", got)
	}
	f, err := conf.Read("k.conf", conf.Options{Read: func(string) ([]byte, error) { return []byte("global_defs {\n snmp_socket unix:/b\n}\n"), nil },
		Glob: func(string) ([]string, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	c, list := config.Load(f, configtest.Two(), config.Options{SNMP: true, SNMPSocket: "unix:/a"})
	if got, want := c.Global.SNMP, (config.SNMP{VRRP: true, Checker: true, RFC2: true, RFC3: true, Socket: "unix:/a"}); got != want {
		t.Errorf("-x -A: %+v", got)
	}
	if len(list) != 1 || list[0].Text != "(Line 2) SNMP socket already set to unix:/a - ignoring" {
		t.Errorf("-A and snmp_socket: %+v", list)
	}
}
