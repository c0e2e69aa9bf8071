package metrics

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"moongate/keepalived/status"
)

var ofInstance = []family[status.Instance]{
	{"keepalived_advertisements_received_total", counter, "Advertisements received.", func(i *status.Instance) float64 { return float64(i.Stats.Received) }},
	{"keepalived_advertisements_sent_total", counter, "Advertisements sent.", func(i *status.Instance) float64 { return float64(i.Stats.Sent) }},
	{"keepalived_become_master_total", counter, "How often the instance became master.", func(i *status.Instance) float64 { return float64(i.Stats.BecameMaster) }},
	{"keepalived_release_master_total", counter, "How often the instance stopped being master.", func(i *status.Instance) float64 { return float64(i.Stats.ReleasedMaster) }},
	{"keepalived_packet_length_errors_total", counter, "Packets of a wrong length.", func(i *status.Instance) float64 { return float64(i.Stats.LengthErrors) }},
	{"keepalived_ip_ttl_errors_total", counter, "Packets with a wrong TTL.", func(i *status.Instance) float64 { return float64(i.Stats.TTLErrors) }},
	{"keepalived_invalid_type_received_total", counter, "Packets of another type.", func(i *status.Instance) float64 { return float64(i.Stats.TypeErrors) }},
	{"keepalived_advertisements_interval_errors_total", counter, "Packets with another interval.", func(i *status.Instance) float64 { return float64(i.Stats.IntervalErrors) }},
	{"keepalived_address_list_errors_total", counter, "Packets with other addresses.", func(i *status.Instance) float64 { return float64(i.Stats.AddressErrors) }},
	{"keepalived_authentication_invalid_total", counter, "Packets with an unknown authentication.", func(i *status.Instance) float64 { return float64(i.Stats.AuthTypeErrors) }},
	{"keepalived_authentication_mismatch_total", counter, "Packets with another authentication.", func(i *status.Instance) float64 { return float64(i.Stats.AuthMismatches) }},
	{"keepalived_authentication_failure_total", counter, "Packets that failed authentication.", func(i *status.Instance) float64 { return float64(i.Stats.AuthFailures) }},
	{"keepalived_priority_zero_received_total", counter, "Advertisements of priority 0 received.", func(i *status.Instance) float64 { return float64(i.Stats.PrioZeroRcvd) }},
	{"keepalived_priority_zero_sent_total", counter, "Advertisements of priority 0 sent.", func(i *status.Instance) float64 { return float64(i.Stats.PrioZeroTx) }},
	{"keepalived_heartbeat_received_total", counter, "Advertisements received on the second path.", func(i *status.Instance) float64 { return float64(i.Stats.SecondReceived) }},
	{"keepalived_heartbeat_sent_total", counter, "Advertisements sent on the second path.", func(i *status.Instance) float64 { return float64(i.Stats.SecondSent) }},
	{"keepalived_heartbeat_held_back_total", counter, "How often a master on the second path has kept the instance from taking over.", func(i *status.Instance) float64 { return float64(i.Stats.HeldBack) }},
	{"keepalived_tie_break_cut_off_total", counter, "How often tie_break has kept the instance from taking over.", func(i *status.Instance) float64 { return float64(i.Stats.CutOff) }},
	{"keepalived_heartbeat_holding_back", gauge, "Whether a master on the second path keeps the instance from taking over.", func(i *status.Instance) float64 { return truth(i.HeldBack) }},
	{"keepalived_tie_break_cutting_off", gauge, "Whether tie_break keeps the instance from taking over.", func(i *status.Instance) float64 { return truth(i.CutOff) }},
	{"keepalived_vrrp_priority", gauge, "The priority, with what trackers add.", func(i *status.Instance) float64 { return float64(i.Effective) }},
	{"keepalived_vrrp_last_transition_timestamp_seconds", gauge, "When the state has last changed.", func(i *status.Instance) float64 { return seconds(i.LastTransition) }},
	{"keepalived_vrrp_faults", gauge, "Interfaces and trackers that hold the instance in FAULT.", func(i *status.Instance) float64 { return float64(i.Faults) }},
}

func vrrpText(t *text, s *status.Status) {
	if len(s.Instances) > 0 {
		t.family("keepalived_vrrp_state", gauge, "State of the instance: 0 init, 1 backup, 2 master, 3 fault.")
		for i := range s.Instances {
			in := &s.Instances[i]
			l := of(in)
			if addrs := in.Config.Addrs; len(addrs) == 0 {
				t.value(l, float64(in.State))
			} else {
				for _, a := range addrs {
					t.value(append(l[:len(l):len(l)], "ip_address", a.Prefix.Addr().String()), float64(in.State))
				}
			}
		}
		for _, f := range ofInstance {
			t.family(f.name, f.kind, f.help)
			for i := range s.Instances {
				t.value(of(&s.Instances[i]), f.of(&s.Instances[i]))
			}
		}
	}
	if len(s.Groups) > 0 {
		t.family("keepalived_vrrp_group_state", gauge, "State of the group: 0 init, 1 backup, 2 master, 3 fault.")
		for i := range s.Groups {
			t.value(labels{"group", s.Groups[i].Config.Name}, float64(s.Groups[i].State))
		}
	}
	if len(s.Scripts) > 0 {
		t.family("keepalived_script_status", gauge, "Whether the tracked script is good.")
		for i := range s.Scripts {
			t.value(labels{"name", s.Scripts[i].Config.Name}, truth(s.Scripts[i].Up))
		}
	}
}

// of are the labels of an instance.
func of(i *status.Instance) labels {
	intf := i.Interface
	if intf == "" {
		intf = i.Config.Interface
	}
	return labels{"iname", i.Config.Name, "intf", intf, "vrid", strconv.Itoa(int(i.Config.VRID))}
}

// The JSON of VRRP.
type jsonVRRP struct {
	Instances []jsonInstance `json:"instances"`
	Groups    []jsonGroup    `json:"sync_groups"`
	Scripts   []jsonScript   `json:"track_scripts"`
}

type jsonInstance struct {
	Name       string       `json:"name"`
	Interface  string       `json:"interface"`
	VRID       uint8        `json:"virtual_router_id"`
	Version    int          `json:"version"`
	State      string       `json:"state"`
	Since      *time.Time   `json:"since,omitempty"`
	Reason     string       `json:"reason,omitempty"`
	Priority   int          `json:"priority"`
	Base       uint8        `json:"base_priority"`
	Interval   float64      `json:"advert_int"`
	Master     string       `json:"master,omitempty"` // another one, which is heard
	MasterPrio uint8        `json:"master_priority,omitempty"`
	Second     string       `json:"heartbeat_master,omitempty"` // the one heard on the second path
	HeldBack   bool         `json:"held_back"`                  // by it
	CutOff     bool         `json:"cut_off"`                    // as tie_break has found
	Faults     int          `json:"faults"`
	Addresses  []string     `json:"virtual_addresses"`
	Owned      bool         `json:"addresses_set"`
	Source     string       `json:"source,omitempty"` // of adverts
	Group      string       `json:"sync_group,omitempty"`
	NoPreempt  bool         `json:"nopreempt"`
	DownTimer  float64      `json:"master_down_interval"` // seconds without an advert until it takes over
	Tracked    []jsonTrack  `json:"tracked"`
	Changes    []jsonChange `json:"transitions"`
	Stats      jsonStats    `json:"stats"`
}

// jsonStats has the names of keepalived.json.
type jsonStats struct {
	Received       uint64 `json:"advert_rcvd"`
	Sent           uint64 `json:"advert_sent"`
	BecameMaster   uint64 `json:"become_master"`
	ReleasedMaster uint64 `json:"release_master"`
	LengthErrors   uint64 `json:"packet_len_err"`
	TTLErrors      uint64 `json:"ip_ttl_err"`
	TypeErrors     uint64 `json:"invalid_type_rcvd"`
	IntervalErrors uint64 `json:"advert_interval_err"`
	AddressErrors  uint64 `json:"addr_list_err"`
	AuthTypeErrors uint64 `json:"invalid_authtype"`
	AuthMismatches uint64 `json:"authtype_mismatch"`
	AuthFailures   uint64 `json:"auth_failure"`
	PrioZeroRcvd   uint64 `json:"pri_zero_rcvd"`
	PrioZeroTx     uint64 `json:"pri_zero_sent"`
	SecondReceived uint64 `json:"heartbeat_rcvd"` // from here on they are ours
	SecondSent     uint64 `json:"heartbeat_sent"`
	HeldBack       uint64 `json:"heartbeat_held_back"`
	CutOff         uint64 `json:"tie_break_cut_off"`
}

type jsonChange struct {
	At     time.Time `json:"at"`
	To     string    `json:"to"`
	Reason string    `json:"reason,omitempty"`
}

type jsonTrack struct {
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Weight  int    `json:"weight"`
	Reverse bool   `json:"reverse,omitempty"`
	Known   bool   `json:"known"`
	Value   int    `json:"value"` // 1 good, 0 bad; of a file its number
	Fault   bool   `json:"fault"`
	Adds    int    `json:"adds"` // to the priority
}

type jsonGroup struct {
	Name  string   `json:"name"`
	State string   `json:"state"`
	Of    []string `json:"instances"`
}

type jsonScript struct {
	Name   string `json:"name"`
	Up     bool   `json:"up"`
	Ran    bool   `json:"ran"`
	Result int    `json:"result"`
	Status int    `json:"exit_status"`
}

func vrrpJSON(s *status.Status) jsonVRRP {
	out := jsonVRRP{Instances: []jsonInstance{}, Groups: []jsonGroup{}, Scripts: []jsonScript{}}
	for i := range s.Instances {
		out.Instances = append(out.Instances, instanceJSON(&s.Instances[i]))
	}
	for i := range s.Groups {
		g := &s.Groups[i]
		out.Groups = append(out.Groups, jsonGroup{g.Config.Name, strings.ToLower(g.State.String()), g.Config.Names})
	}
	for i := range s.Scripts {
		k := &s.Scripts[i]
		out.Scripts = append(out.Scripts, jsonScript{k.Config.Name, k.Up, k.Ran, k.Result, k.Status})
	}
	return out
}

func instanceJSON(in *status.Instance) jsonInstance {
	c := in.Config
	out := jsonInstance{
		Name: c.Name, Interface: of(in)[3], VRID: c.VRID, Version: c.Version, State: strings.ToLower(in.State.String()), Reason: in.Reason,
		Priority: in.Effective, Base: c.Priority, Interval: c.Interval.Seconds(), Faults: in.Faults, Addresses: []string{}, Owned: in.Owned,
		Changes: []jsonChange{}, Stats: jsonStats(in.Stats), NoPreempt: c.NoPreempt, DownTimer: in.DownTimer.Seconds(), Tracked: []jsonTrack{},
	}
	if in.Source.IsValid() {
		out.Source = in.Source.String()
	}
	if c.Group != nil {
		out.Group = c.Group.Name
	}
	for _, t := range in.Tracked {
		out.Tracked = append(out.Tracked, jsonTrack(t))
	}
	if !in.LastTransition.IsZero() {
		out.Since = &in.LastTransition
	}
	if in.Master != (netip.Addr{}) && in.State != status.Master {
		out.Master, out.MasterPrio = in.Master.String(), in.MasterPriority
	}
	out.HeldBack, out.CutOff = in.HeldBack, in.CutOff
	if in.SecondMaster.IsValid() {
		out.Second = in.SecondMaster.String()
	}
	for a := range c.AllAddrs() {
		out.Addresses = append(out.Addresses, a.Prefix.String())
	}
	for _, ch := range in.Changes {
		out.Changes = append(out.Changes, jsonChange{ch.At, strings.ToLower(ch.To.String()), ch.Reason})
	}
	return out
}

func bfdText(t *text, s *status.Status) {
	if len(s.BFDs) == 0 {
		return
	}
	t.family("keepalived_bfd_up", gauge, "Whether the BFD session is up.")
	for i := range s.BFDs {
		t.value(labels{"name", s.BFDs[i].Config.Name, "neighbor", s.BFDs[i].Config.Neighbor.String()}, truth(s.BFDs[i].Up))
	}
}

type jsonBFD struct {
	Name     string `json:"name"`
	Neighbor string `json:"neighbor"`
	Up       bool   `json:"up"`
	State    string `json:"state"`
}

func bfdJSON(s *status.Status) []jsonBFD {
	out := []jsonBFD{}
	for i := range s.BFDs {
		b := &s.BFDs[i]
		out = append(out, jsonBFD{b.Config.Name, b.Config.Neighbor.String(), b.Up, b.State})
	}
	return out
}
