package status

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"moongate/keepalived/config"
)

// object writes a JSON object member by member, in keepalived's order and spelling
// (a "/" is "\/").
type object struct {
	strings.Builder
	open bool
}

func (o *object) raw(key, value string) {
	o.WriteByte(pickByte(o.open, ',', '{'))
	o.open = true
	o.WriteString(quote(key) + ":" + value)
}

func pickByte(b bool, yes, no byte) byte {
	if b {
		return yes
	}
	return no
}

func (o *object) text(key, value string)       { o.raw(key, quote(value)) }
func (o *object) num(key string, n int64)      { o.raw(key, strconv.FormatInt(n, 10)) }
func (o *object) bit(key string, b bool)       { o.num(key, int64(pickInt(b))) }
func (o *object) truth(key string, b bool)     { o.raw(key, truth(b)) }
func (o *object) count(key string, n uint64)   { o.raw(key, strconv.FormatUint(n, 10)) }
func (o *object) float(key string, f float64)  { o.raw(key, strconv.FormatFloat(f, 'f', -1, 64)) }
func (o *object) list(key string, of []string) { o.raw(key, "["+strings.Join(of, ",")+"]") }
func (o *object) script(key string, c *config.Command) {
	if c.Set() {
		o.text(key, command(c))
	}
}

// end closes the object.
func (o *object) end() string {
	if !o.open {
		return "{}"
	}
	return o.String() + "}"
}

func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return strings.ReplaceAll(string(b), "/", `\/`)
}

// JSON is keepalived.json. Version 2 puts the instances beside tracked processes.
func (s *Status) JSON(version int) string {
	list := make([]string, len(s.Instances))
	for i := range s.Instances {
		v := &s.Instances[i]
		var o object
		o.raw("data", v.json(version))
		o.raw("stats", v.Stats.json())
		list[i] = o.end()
	}
	instances := "[" + strings.Join(list, ",") + "]"
	if version < 2 {
		return instances
	}
	processes := make([]string, len(s.Processes))
	for i := range s.Processes {
		k := &s.Processes[i]
		var o object
		o.text("name", k.Config.Name)
		o.text("process", k.Config.Path)
		o.num("min_processes", int64(max(k.Config.Quorum, 1)))
		o.num("current_processes", int64(k.Count))
		o.truth("have_quorum", k.Quorate)
		o.num("weight", int64(k.Config.Weight))
		processes[i] = o.end()
	}
	return fmt.Sprintf(`{"vrrp":%s,"track_process":[%s]}`, instances, strings.Join(processes, ","))
}

// json is the "data" of an instance.
func (v *Instance) json(version int) string {
	c := v.Config
	var o object
	o.text("iname", c.Name)
	o.bit("dont_track_primary", c.DontTrackPrimary)
	o.bit("skip_check_adv_addr", c.SkipCheckAdvAddr)
	o.bit("strict_mode", c.Strict)
	o.text("vmac_ifname", pick(c.VMAC.Use, v.Interface, ""))
	o.text("ifp_ifname", orElse(v.Interface, c.Interface))
	o.num("master_priority", int64(v.MasterPriority))
	o.float("last_transition", stamp(v.LastTransition))
	o.float("garp_delay", c.GARP.Delay.Seconds())
	o.float("garp_refresh", c.GARP.Refresh.Seconds())
	o.num("garp_rep", int64(c.GARP.Repeat))
	o.num("garp_refresh_rep", int64(c.GARP.RefreshRepeat))
	o.float("garp_lower_prio_delay", c.GARP.LowerDelay.Seconds())
	o.num("garp_lower_prio_rep", int64(c.GARP.LowerRepeat))
	o.bit("lower_prio_no_advert", c.LowerPrioNoAdvert)
	o.bit("higher_prio_send_advert", c.HigherPrioSendAdvert)
	o.num("vrid", int64(c.VRID))
	o.num("base_priority", int64(c.Priority))
	o.num("effective_priority", int64(v.Effective))
	o.truth("vipset", v.Owned)
	o.truth("promote_secondaries", c.PromoteSecondaries)
	o.float("adver_int", c.Interval.Seconds())
	o.float("master_adver_int", orOwn(v.MasterInterval, c.Interval).Seconds())
	o.bit("accept", c.Accept)
	o.truth("nopreempt", c.NoPreempt)
	o.float("preempt_delay", c.PreemptDelay.Seconds())
	o.num("state", int64(v.State))
	o.num("wantstate", int64(v.Want))
	o.num("version", int64(c.Version))
	o.truth("smtp_alert", c.Notify.Mail)
	o.truth("notify_deleted", c.Notify.TellDeleted)
	v.jsonLists(&o, version)
	return o.end()
}

func (v *Instance) jsonLists(o *object, version int) {
	c := v.Config
	n := &c.Notify
	o.script("script_backup", &n.Backup)
	o.script("script_master", &n.Master)
	o.script("script_fault", &n.Fault)
	o.script("script_stop", &n.Stop)
	o.script("script_deleted", &n.Deleted)
	o.script("script", &n.Any)
	o.script("script_master_rx_lower_pri", &n.MasterLowerPrio)
	several(o, "vips", len(c.Addrs), func(i int) string { return Address(&c.Addrs[i], v.device(v.On, i), at(v.Set, i)) })
	several(o, "evips", len(c.Excluded), func(i int) string { return Address(&c.Excluded[i], v.device(v.OnExtra, i), at(v.SetExtra, i)) })
	several(o, "vroutes", len(c.Routes), func(i int) string { return Route(&c.Routes[i]) })
	several(o, "vrules", len(c.Rules), func(i int) string { return Rule(&c.Rules[i]) })
	several(o, "track_ifp", len(c.TrackInterfaces), func(i int) string { return c.TrackInterfaces[i].Name })
	several(o, "track_script", len(c.TrackScripts), func(i int) string { return c.TrackScripts[i].Name })
	if version >= 2 {
		several(o, "track_process", len(c.TrackProcesses), func(i int) string { return c.TrackProcesses[i].Name })
	}
	o.num("auth_type", int64(c.Auth.Type))
	if c.Auth.Type != config.NoAuth {
		o.text("auth_data", password(&c.Auth))
	}
}

// several adds a list unless it is empty.
func several(o *object, key string, n int, text func(i int) string) {
	if n == 0 {
		return
	}
	list := make([]string, n)
	for i := range list {
		list[i] = quote(text(i))
	}
	o.list(key, list)
}

// stamp is seconds since 1970 with microseconds.
func stamp(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMicro()) / 1e6
}

func orOwn(d, own time.Duration) time.Duration {
	if d == 0 {
		return own
	}
	return d
}

func (n *Stats) json() string {
	var o object
	for _, m := range []struct {
		key   string
		count uint64
	}{
		{"advert_rcvd", n.Received}, {"advert_sent", n.Sent}, {"become_master", n.BecameMaster}, {"release_master", n.ReleasedMaster},
		{"packet_len_err", n.LengthErrors}, {"advert_interval_err", n.IntervalErrors}, {"ip_ttl_err", n.TTLErrors},
		{"invalid_type_rcvd", n.TypeErrors}, {"addr_list_err", n.AddressErrors}, {"invalid_authtype", n.AuthTypeErrors},
		{"authtype_mismatch", n.AuthMismatches}, {"auth_failure", n.AuthFailures}, {"pri_zero_rcvd", n.PrioZeroRcvd},
		{"pri_zero_sent", n.PrioZeroTx},
	} {
		o.count(m.key, m.count)
	}
	return o.end()
}
