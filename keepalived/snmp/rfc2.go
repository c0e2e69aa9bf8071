package snmp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
)

// rfc2Group is VRRP-MIB, which knows the instances of version 2.
func rfc2Group(v *view, s *Snapshot) {
	operations, statistics := rfc2.With(1), rfc2.With(2)
	v.scalar(operations, 1, agentx.Int(2))
	v.scalar(operations, 2, truth(s.Config.Global.SNMP.Traps))
	var rows []row[instance]
	var addrs []row[struct{}]
	var sum, version uint64
	for i := range s.Status.Instances {
		in := &s.Status.Instances[i]
		sum += in.ChecksumErrors
		version += in.VersionErrors
		if in.Config.Version != 2 {
			continue
		}
		index := []uint32{uint32(s.index(in.Config.Interface)), uint32(in.Config.VRID)}
		rows = append(rows, row[instance]{index, instance{s, in}})
		for j := range in.Config.Addrs {
			if a := in.Config.Addrs[j].Prefix.Addr(); a.Is4() {
				addrs = append(addrs, row[struct{}]{index: append(index[:2:2], numbers(a)...)})
			}
		}
	}
	table(v, entry(operations, 3), rfc2Columns, rows)
	table(v, entry(operations, 4), statusColumn, addrs)
	for i, n := range []uint64{sum, version, s.Status.UnknownVRIDs} {
		v.scalar(statistics, uint32(i+1), agentx.Counter(n))
	}
	table(v, entry(statistics, 4), rfc2Counters, rows)
}

// statusColumn is the RowStatus of an address: active.
var statusColumn = []column[struct{}]{{id: 2, of: func(*struct{}) agentx.Value { return agentx.Int(1) }}}

// numbers is an address as a part of an index.
func numbers(a netip.Addr) []uint32 {
	var list []uint32
	for _, b := range a.AsSlice() {
		list = append(list, uint32(b))
	}
	return list
}

var rfc2Columns = []column[instance]{
	{id: 2, of: func(r *instance) agentx.Value { return r.mac() }},
	{id: 3, of: func(r *instance) agentx.Value { return r.operState() }},
	{id: 4, of: func(r *instance) agentx.Value { return truth(r.State != status.Fault) }},
	{id: 5, of: func(r *instance) agentx.Value { return agentx.Int(r.BasePriority) }},
	{id: 6, of: func(r *instance) agentx.Value { return agentx.Int(len(r.Config.Addrs)) }},
	{id: 7, of: func(r *instance) agentx.Value { return agentx.IPv4(r.master()) }},
	{id: 8, of: func(r *instance) agentx.Value { return agentx.IPv4(r.Source) }},
	{id: 9, of: func(r *instance) agentx.Value { return agentx.Int(int(r.Config.Auth.Type) + 1) }},
	{id: 11, of: func(r *instance) agentx.Value { return agentx.Int(int(r.Config.Interval / time.Second)) }},
	{id: 12, of: func(r *instance) agentx.Value { return truth(!r.NoPreempt) }},
	{id: 13, of: func(r *instance) agentx.Value { return r.upSince() }},
	{id: 14, of: func(r *instance) agentx.Value { return agentx.Int(1) }},
	{id: 15, of: func(r *instance) agentx.Value { return agentx.Int(1) }},
}

var rfc2Counters = []column[instance]{
	{id: 1, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.BecameMaster) }},
	{id: 2, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.Received) }},
	{id: 3, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.IntervalErrors) }},
	{id: 4, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.AuthFailures) }},
	{id: 5, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.TTLErrors) }},
	{id: 6, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.PrioZeroRcvd) }},
	{id: 7, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.PrioZeroTx) }},
	{id: 8, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.TypeErrors) }},
	{id: 9, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.AddressErrors) }},
	{id: 10, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.AuthTypeErrors) }},
	{id: 11, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.AuthMismatches) }},
	{id: 12, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.LengthErrors) }},
}

// operState is initialize(1), backup(2), master(3).
func (r *instance) operState() agentx.Value {
	return agentx.Int(map[status.State]int{status.Init: 1, status.Fault: 1, status.Backup: 2, status.Master: 3}[r.State])
}

// master is the address of the one that is master: ourselves, or the one that is heard.
func (r *instance) master() netip.Addr {
	if r.State == status.Master {
		return r.Source
	}
	return r.Master
}

// mac is the hardware address that the virtual addresses have.
func (r *instance) mac() agentx.Value {
	name := r.Config.Interface
	if r.Config.VMAC.Use && r.Interface != "" {
		name = r.Interface
	}
	for i := range r.s.Status.Interfaces {
		if n := &r.s.Status.Interfaces[i]; n.Name == name && len(n.MAC) > 0 {
			return agentx.Bytes(n.MAC)
		}
	}
	return agentx.Value{}
}

// upTime is for how long the instance has been backup or master.
func (r *instance) upTime() agentx.Value {
	if r.Began.IsZero() {
		return agentx.Ticks(0)
	}
	return ticks(r.s.at.Sub(r.Began))
}

// upSince is sysUpTime of when it became so.
func (r *instance) upSince() agentx.Value {
	if r.Began.IsZero() {
		return agentx.Ticks(0)
	}
	return ticks(r.Began.Sub(r.s.booted))
}

// tick is what times of SNMP are counted in.
const tick = 10 * time.Millisecond

func ticks(d time.Duration) agentx.Value {
	return agentx.Ticks(uint64(max(d, 0) / tick))
}

// same6 is the family of an instance in indexes of VRRPV3-MIB.
func same6(c *config.Instance) uint32 {
	if c.V6 {
		return 2
	}
	return 1
}
