package metrics

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// both has all that a Status of either process can have.
func both() *status.Status {
	at := time.Date(2026, 11, 30, 10, 0, 0, 500e6, time.UTC)
	rs := &config.RealServer{Addr: netip.MustParseAddrPort("10.0.0.2:80"), Weight: 3, Forward: config.Forward{Method: "NAT"}}
	vs := &config.Server{Addr: netip.MustParseAddrPort("10.0.0.1:80"), Protocol: "TCP", Scheduler: "rr", Quorum: 2, Sorry: &config.RealServer{Addr: netip.MustParseAddrPort("10.0.0.9:80")}}
	return &status.Status{
		Plane: "nftables",
		Servers: []status.Server{{Config: vs, Quorum: true, Connections: 7, BytesIn: 1 << 40, Reals: []status.Real{{
			Config: rs, Alive: true, Set: true, Weight: 4, Connections: 6, Active: 2,
			Checkers: []status.Check{{Config: &config.Checker{Kind: "TCP_CHECK"}, Up: true, Ran: true, At: at}, {Config: &config.Checker{Kind: "HTTP_GET"}, Text: "HTTP status code error to"}},
		}}}},
		Instances: []status.Instance{{
			Config: &config.Instance{Name: `VI"1`, Interface: "eth0", VRID: 51, Version: 2, Priority: 100, Interval: time.Second,
				Addrs: []config.Address{{Prefix: netip.MustParsePrefix("10.0.0.10/24")}, {Prefix: netip.MustParsePrefix("10.0.0.11/32")}}},
			State: status.Master, LastTransition: at, Reason: "Receive advertisement timeout", Effective: 90, Owned: true,
			Changes: []status.Change{{At: at, To: status.Master, Reason: "Receive advertisement timeout"}},
			Stats:   status.Stats{Received: 3, Sent: 5, BecameMaster: 1},
		}},
		Groups:  []status.Group{{Config: &config.Group{Name: "G", Names: []string{`VI"1`}}, State: status.Master}},
		Scripts: []status.Script{{Config: &config.Script{Name: "chk"}, Up: true, Ran: true}},
		BFDs:    []status.BFD{{Config: &config.BFD{Name: "b1", Neighbor: netip.MustParseAddr("10.0.0.3")}, Up: true, State: "Up"}},
	}
}

func all() []Part {
	return []Part{Of(role.VRRP, both()), Of(role.Checker, both()), Of(role.BFD, both())}
}

func collectAll(context.Context) ([]Part, []role.Name) {
	return all(), []role.Name{role.VRRP, role.Checker, role.BFD}
}

func get(t *testing.T, network, addr, path string) (string, string) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, addr)
	}}}
	r, err := c.Get("http://h" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 {
		t.Fatalf("%s: %s, %v", path, r.Status, err)
	}
	return string(b), r.Header.Get("Content-Type")
}

func TestServe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sock")
	collect := func(context.Context) ([]Part, []role.Name) {
		return all(), []role.Name{role.VRRP, role.Checker, role.BFD, "late"}
	}
	s, err := Serve("unix:"+path, collect)
	if err != nil {
		t.Fatal(err)
	}
	text, kind := get(t, "unix", path, "/metrics")
	if kind != "text/plain; version=0.0.4; charset=utf-8" {
		t.Error(kind)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for name, f := range families {
		if f.GetHelp() == "" || !strings.HasPrefix(name, "keepalived_") {
			t.Errorf("%s has no help, or is named oddly", name)
		}
		if counts := f.GetType().String() == "COUNTER"; counts != strings.HasSuffix(name, "_total") {
			t.Errorf("%s is a %s", name, f.GetType())
		}
	}
	for _, line := range []string{
		`keepalived_up{role="vrrp"} 1`, `keepalived_up{role="late"} 0`,
		`keepalived_vrrp_state{iname="VI\"1",intf="eth0",vrid="51",ip_address="10.0.0.11"} 2`,
		`keepalived_advertisements_sent_total{iname="VI\"1",intf="eth0",vrid="51"} 5`,
		`keepalived_vrrp_last_transition_timestamp_seconds{iname="VI\"1",intf="eth0",vrid="51"} 1796032800.5`,
		`keepalived_script_status{name="chk"} 1`, `keepalived_vrrp_group_state{group="G"} 2`,
		`keepalived_lvs_plane{plane="nftables"} 1`,
		`keepalived_lvs_bytes_in_total{service="[10.0.0.1]:tcp:80"} 1099511627776`,
		`keepalived_lvs_real_weight{service="[10.0.0.1]:tcp:80",real="[10.0.0.2]:tcp:80"} 4`,
		`keepalived_checker_up{service="[10.0.0.1]:tcp:80",real="[10.0.0.2]:tcp:80",checker="HTTP_GET",index="1"} 0`,
		`keepalived_bfd_up{name="b1",neighbor="10.0.0.3"} 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("there is no %s in\n%s", line, text)
		}
	}
	body, kind := get(t, "unix", path, "/status")
	if kind != "application/json" {
		t.Error(kind)
	}
	var st struct {
		VRRP  jsonVRRP
		Check jsonServers
		BFD   []jsonBFD
		Late  *int
	}
	if err := json.Unmarshal([]byte(body), &st); err != nil {
		t.Fatal(err)
	}
	in := st.VRRP.Instances[0]
	if in.State != "master" || in.Priority != 90 || in.Changes[0].Reason != "Receive advertisement timeout" || len(in.Addresses) != 2 || in.Stats.Sent != 5 {
		t.Errorf("%+v", in)
	}
	v := st.Check.Servers[0]
	if st.Check.Plane != "nftables" || v.Weight != 4 || v.Connections != 7 || v.Sorry.Name != "[10.0.0.9]:tcp:80" || v.Sorry.In || v.Reals[0].Checkers[1].Text == "" || !v.Reals[0].Set {
		t.Errorf("%+v", v)
	}
	if len(st.BFD) != 1 || !strings.Contains(body, `"late":null`) {
		t.Error(body)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("the socket stays")
	}
}

// A process that hangs does not hold up what the others say.
func TestPatience(t *testing.T) {
	asked := make(chan time.Duration, 1)
	s, err := Serve("127.0.0.1:0", func(ctx context.Context) ([]Part, []role.Name) {
		until, _ := ctx.Deadline()
		asked <- time.Until(until)
		return nil, []role.Name{role.VRRP}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	text, _ := get(t, "tcp", s.Addr(), "/metrics")
	if d := <-asked; d > patience || !strings.Contains(text, `keepalived_up{role="vrrp"} 0`) {
		t.Errorf("%v, %s", d, text)
	}
}

// What is in the place of the socket is only removed if it is one.
func TestPlaceOfSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	os.WriteFile(path, []byte("mine"), 0o600)
	none := func(context.Context) ([]Part, []role.Name) { return nil, nil }
	if _, err := Serve("unix:"+path, none); err == nil {
		t.Error("a file gives way")
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path + ".sock", Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	s, err := Serve("unix:"+path+".sock", none)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}
