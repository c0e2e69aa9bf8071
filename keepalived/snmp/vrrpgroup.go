package snmp

import (
	"net/netip"
	"slices"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
)

// instance is a row of vrrpInstanceTable.
type instance struct {
	s *Snapshot
	*status.Instance
}

// vrrpGroup is the group vrrp.
func vrrpGroup(v *view, s *Snapshot) {
	groupTables(v, s)
	rows := make([]row[instance], len(s.Status.Instances))
	for i := range rows {
		rows[i] = row[instance]{[]uint32{uint32(i + 1)}, instance{s, &s.Status.Instances[i]}}
	}
	table(v, entry(vrrp, 3), instanceColumns, rows)
	trackedTables(v, s)
	addressTable(v, s)
	routeTables(v, s)
	ruleTable(v, s)
	objectTables(v, s)
}

var instanceColumns = []column[instance]{
	{id: 2, of: func(r *instance) agentx.Value { return agentx.Text(r.Config.Name) }},
	{id: 3, of: func(r *instance) agentx.Value { return agentx.Gauge(uint64(r.Config.VRID)) }},
	{id: 4, of: func(r *instance) agentx.Value { return agentx.Int(int(r.State)) }},
	{id: 5, of: func(r *instance) agentx.Value { return pick(r.Config.Master, int(status.Master), int(status.Backup)) }},
	{id: 6, of: func(r *instance) agentx.Value { return agentx.Int(int(r.Want)) }},
	{id: 7, of: func(r *instance) agentx.Value { return agentx.Int(r.BasePriority) }, write: func(r *instance) *write {
		name, set := r.Config.Name, r.s.SetPriority
		return &write{1, 255, func(n int) { set(name, uint8(n)) }}
	}},
	{id: 8, of: func(r *instance) agentx.Value { return agentx.Int(r.Effective) }},
	{id: 9, of: func(r *instance) agentx.Value { return truth(r.Owned) }},
	{id: 10, of: func(r *instance) agentx.Value { return text(r.Config.Interface) }},
	{id: 11, of: func(r *instance) agentx.Value { return truth(!r.Config.DontTrackPrimary) }},
	{id: 12, of: func(r *instance) agentx.Value { return agentx.Gauge(uint64(r.Config.Interval / unit(r.Config))) }},
	{id: 13, of: func(r *instance) agentx.Value { return truth(!r.NoPreempt) }, write: func(r *instance) *write {
		name, set := r.Config.Name, r.s.SetPreempt
		return &write{1, 2, func(n int) { set(name, n == 1) }}
	}},
	{id: 14, of: func(r *instance) agentx.Value { return seconds(r.Config.PreemptDelay) }},
	{id: 15, of: func(r *instance) agentx.Value { return agentx.Int(int(r.Config.Auth.Type)) }},
	{id: 16, of: func(r *instance) agentx.Value { return truth(r.syncs() != nil) }},
	{id: 17, of: func(r *instance) agentx.Value {
		if d := r.syncs(); d != nil {
			return text(d.Interface)
		}
		return agentx.Value{}
	}},
	{id: 18, of: func(r *instance) agentx.Value {
		if g := r.Config.Group; g != nil {
			return agentx.Text(g.Name)
		}
		return agentx.Value{}
	}},
	{id: 19, of: func(r *instance) agentx.Value { return seconds(r.Config.GARP.Delay) }},
	{id: 20, of: func(r *instance) agentx.Value { return truth(r.Config.Notify.Mail) }},
	{id: 21, of: func(r *instance) agentx.Value { return truth(runs(&r.Config.Notify)) }},
	{id: 22, of: func(r *instance) agentx.Value { return script(&r.Config.Notify.Master) }},
	{id: 23, of: func(r *instance) agentx.Value { return script(&r.Config.Notify.Backup) }},
	{id: 24, of: func(r *instance) agentx.Value { return script(&r.Config.Notify.Fault) }},
	{id: 25, of: func(r *instance) agentx.Value { return script(&r.Config.Notify.Stop) }},
	{id: 26, of: func(r *instance) agentx.Value { return script(&r.Config.Notify.Any) }},
	{id: 27, of: func(r *instance) agentx.Value {
		if r.Config.Version == 2 {
			return agentx.Int(0) // there is no such mode
		}
		return truth(r.Config.Accept)
	}},
	{id: 28, of: func(r *instance) agentx.Value { return truth(r.Config.PromoteSecondaries) }},
	{id: 29, of: func(r *instance) agentx.Value { return truth(r.polled()) }},
	{id: 30, of: func(r *instance) agentx.Value { return agentx.Int(r.Config.Version) }},
	{id: 31, of: func(r *instance) agentx.Value { return script(&r.Config.Notify.MasterLowerPrio) }},
	{id: 32, of: func(r *instance) agentx.Value { return script(&r.Config.Notify.Deleted) }},
	{id: 33, of: func(r *instance) agentx.Value { return truth(r.Config.Notify.TellDeleted) }},
	{id: 34, of: func(r *instance) agentx.Value { return family(r.multicast()) }},
	{id: 35, of: func(r *instance) agentx.Value { return agentx.Addr(r.multicast()) }},
}

// unit is what the interval of adverts is counted in.
func unit(c *config.Instance) time.Duration {
	if c.Version == 3 {
		return 10 * time.Millisecond
	}
	return time.Second
}

func seconds(d time.Duration) agentx.Value { return agentx.Gauge(uint64(d / time.Second)) }

// runs tells whether there is a script for some change.
func runs(n *config.Notify) bool {
	return n.Master.Set() || n.Backup.Set() || n.Fault.Set() || n.Stop.Set() || n.Any.Set() || n.Deleted.Set() || n.MasterLowerPrio.Set()
}

// syncs is the synchronisation of connections that follows the instance.
func (r *instance) syncs() *config.SyncDaemon {
	if d := r.s.Config.Global.SyncDaemon; d != nil && d.Instance == r.Config.Name {
		return d
	}
	if r.Config.SyncDaemonInterface != "" {
		return &config.SyncDaemon{Interface: r.Config.SyncDaemonInterface}
	}
	return nil
}

// polled tells whether the link of the instance's interface is polled.
func (r *instance) polled() bool {
	c := r.s.Config
	return c.Global.LinkbeatPolling || slices.ContainsFunc(c.Linkbeat, func(l config.Linkbeat) bool { return l.Interface == r.Config.Interface })
}

// multicast is the group of the adverts.
func (r *instance) multicast() netip.Addr {
	g := &r.s.Config.Global
	for _, a := range []netip.Addr{r.Config.McastDst, g.Mcast4, g.Mcast6} {
		if a.IsValid() && a.Is6() == r.Config.V6 {
			return a
		}
	}
	if r.Config.V6 {
		return netip.MustParseAddr("ff02::12")
	}
	return netip.MustParseAddr("224.0.0.18")
}
