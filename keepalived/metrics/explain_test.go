package metrics

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

func TestExplain(t *testing.T) {
	at := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	g := &config.Group{Name: "G", Names: []string{"one", "two"}}
	instance := func(name string, prio uint8, f func(in *status.Instance)) status.Instance {
		in := status.Instance{Config: &config.Instance{Name: name, Interface: "eth0", VRID: 9, Priority: prio,
			Addrs: []config.Address{{Prefix: netip.MustParsePrefix("10.0.0.10/24")}}},
			Effective: int(prio), LastTransition: at, DownTimer: 3600 * time.Millisecond, Interface: "eth0"}
		f(&in)
		return in
	}
	s := &status.Status{Groups: []status.Group{{Config: g, State: status.Backup}}, Instances: []status.Instance{
		instance("master", 150, func(in *status.Instance) {
			in.State, in.Owned, in.Reason = status.Master, true, "Receive advertisement timeout"
			in.Tracked = []status.Tracked{{Kind: "track_interface", Name: "eth0", Known: true, Value: 1}}
			in.Changes = []status.Change{{At: at.Add(-time.Hour), To: status.Backup, Reason: "init"}, {At: at, To: status.Master, Reason: in.Reason}}
		}),
		instance("lowered", 100, func(in *status.Instance) {
			in.State, in.Effective, in.Master, in.MasterPriority = status.Backup, 45, netip.MustParseAddr("10.0.0.1"), 90
			in.Tracked = []status.Tracked{{Kind: "track_script", Name: "chk", Weight: -60, Known: true, Adds: -60},
				{Kind: "track_file", Name: "load", Weight: 1, Known: true, Value: 5, Adds: 5}, {Kind: "track_gateway", Weight: 10, Known: true}}
		}),
		instance("patient", 100, func(in *status.Instance) {
			in.Config.NoPreempt = true
			in.State, in.Master, in.MasterPriority = status.Backup, netip.MustParseAddr("10.0.0.1"), 90
		}),
		instance("one", 255, func(in *status.Instance) {
			in.Config.Group, in.State = g, status.Fault
			in.Tracked = []status.Tracked{{Kind: "track_script", Name: "late"}}
		}),
		instance("two", 100, func(in *status.Instance) {
			in.Config.Group, in.State, in.Faults = g, status.Fault, 1
			in.Tracked = []status.Tracked{{Kind: "track_interface", Name: "eth1", Known: true, Fault: true}}
		}),
	}}
	text, err := json.Marshal(map[role.Name]json.RawMessage{role.VRRP: Of(role.VRRP, s).JSON})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"master": `(master) is MASTER on eth0, virtual router 9, for 1m30s
  why: Receive advertisement timeout
  priority 150
  track_interface eth0 is up, as it must be
  addresses, set here: 10.0.0.10/24
  before:
    2026-11-30 09:00:00 BACKUP: init
`,
		"lowered": `(lowered) is BACKUP on eth0, virtual router 9, for 1m30s
  priority 45 = 100 - 60 (track_script chk) + 5 (track_file load)
  track_script chk is bad, which adds -60 to the priority
  track_file load holds 5, which adds 5 to the priority
  track_gateway is bad, which changes nothing
  it hears the master 10.0.0.1 with priority 90, higher than ours
  it takes over after 3.6s without an advert
  addresses, not set here: 10.0.0.10/24
`,
		"patient": `(patient) is BACKUP on eth0, virtual router 9, for 1m30s
  priority 100
  it hears the master 10.0.0.1 with priority 90, lower than ours, but with nopreempt it is left alone
  it takes over after 3.6s without an advert
  addresses, not set here: 10.0.0.10/24
`,
		"one": `(one) is FAULT on eth0, virtual router 9, for 1m30s
  priority 255: the addresses are its own, and what it follows with a weight does not count
  track_script late is not known yet, for which the instance waits
  it goes with the others of vrrp_sync_group G
    (two) is FAULT, with 1 faults
  it is in FAULT because of its group
  addresses, not set here: 10.0.0.10/24
`,
		"two": `(two) is FAULT on eth0, virtual router 9, for 1m30s
  priority 100
  track_interface eth1 is down, which is FAULT
  it goes with the others of vrrp_sync_group G
  it is in FAULT until 1 that it needs is there again
  addresses, not set here: 10.0.0.10/24
`,
	} {
		var b strings.Builder
		if err := Explain(&b, text, []string{name}, at.Add(90*time.Second)); err != nil || b.String() != want {
			t.Errorf("%v\n%s\nwant\n%s", err, b.String(), want)
		}
	}
	var b strings.Builder
	if err := Explain(&b, text, nil, at); err != nil || strings.Count(b.String(), " virtual router 9") != 5 {
		t.Error(err, b.String())
	}
	if err := Explain(&b, text, []string{"none"}, at); err == nil || err.Error() != "there is no vrrp_instance none" {
		t.Error(err)
	}
	for _, text := range []string{`{}`, `{"vrrp":null}`, `x`} {
		if Explain(&b, []byte(text), nil, at) == nil {
			t.Error(text)
		}
	}
}

func TestFetch(t *testing.T) {
	path := t.TempDir() + "/sock"
	if _, err := Fetch(path); err == nil {
		t.Error("nobody is there")
	}
	s, err := Serve("unix:"+path, collectAll)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	text, err := Fetch(path)
	var b strings.Builder
	if err == nil {
		err = Explain(&b, text, nil, time.Now())
	}
	if err != nil || !strings.Contains(b.String(), "is MASTER") {
		t.Error(err, b.String())
	}
}
