package snmp

import (
	"bytes"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/status"
)

// rfc3Group is VRRPV3-MIB, in which keepalived tells of version 2, too.
func rfc3Group(v *view, s *Snapshot) {
	operations, statistics := rfc3.With(1, 1), rfc3.With(1, 2)
	var rows []row[instance]
	var addrs []row[struct{}]
	var sum, version uint64
	for i := range s.Status.Instances {
		in := &s.Status.Instances[i]
		sum += in.ChecksumErrors
		version += in.VersionErrors
		index := []uint32{uint32(s.index(in.Config.Interface)), uint32(in.Config.VRID), same6(in.Config)}
		rows = append(rows, row[instance]{index, instance{s, in}})
		for j := range in.Config.Addrs {
			if a := in.Config.Addrs[j].Prefix.Addr(); a.Is6() == in.Config.V6 {
				addrs = append(addrs, row[struct{}]{index: append(index[:3:3], numbers(a)...)})
			}
		}
	}
	table(v, entry(operations, 1), rfc3Columns, rows)
	table(v, entry(operations, 2), statusColumn, addrs)
	for i, n := range []uint64{sum, version, s.Status.UnknownVRIDs} {
		v.scalar(statistics, uint32(i+1), agentx.Big(n))
	}
	v.scalar(statistics, 4, agentx.Ticks(0))
	table(v, entry(statistics, 5), rfc3Counters, rows)
}

var rfc3Columns = []column[instance]{
	{id: 3, of: func(r *instance) agentx.Value { return r.inet(agentx.Addr(r.master())) }},
	{id: 4, of: func(r *instance) agentx.Value { return r.inet(agentx.Addr(r.Source)) }},
	{id: 5, of: func(r *instance) agentx.Value { return r.mac() }},
	{id: 6, of: func(r *instance) agentx.Value { return r.operState() }},
	{id: 7, of: func(r *instance) agentx.Value { return agentx.Gauge(uint64(r.BasePriority)) }},
	{id: 8, of: func(r *instance) agentx.Value { return agentx.Int(len(r.Config.Addrs)) }},
	{id: 9, of: func(r *instance) agentx.Value { return agentx.Int(int(r.Config.Interval / (10 * time.Millisecond))) }},
	{id: 10, of: func(r *instance) agentx.Value { return truth(!r.NoPreempt) }},
	{id: 11, of: func(r *instance) agentx.Value { return truth(r.Config.Accept) }},
	{id: 12, of: func(r *instance) agentx.Value { return r.upTime() }},
	{id: 13, of: func(r *instance) agentx.Value { return agentx.Int(1) }},
}

// inet is an address of the instance's family: all zeros while there is none.
func (r *instance) inet(v agentx.Value) agentx.Value {
	if v.Bytes != "" {
		return v
	}
	return agentx.Bytes(bytes.Repeat([]byte{0}, map[bool]int{false: 4, true: 16}[r.Config.V6]))
}

var rfc3Counters = []column[instance]{
	{id: 1, of: func(r *instance) agentx.Value { return agentx.Counter(r.Stats.BecameMaster) }},
	{id: 2, of: func(r *instance) agentx.Value { return agentx.Int(r.masterReason()) }},
	{id: 3, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.Received) }},
	{id: 4, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.IntervalErrors) }},
	{id: 5, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.TTLErrors) }},
	{id: 6, of: func(r *instance) agentx.Value { return agentx.Int(r.LastError) }},
	{id: 7, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.PrioZeroRcvd) }},
	{id: 8, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.PrioZeroTx) }},
	{id: 9, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.TypeErrors) }},
	{id: 10, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.AddressErrors) }},
	{id: 11, of: func(r *instance) agentx.Value { return agentx.Big(r.Stats.LengthErrors) }},
	{id: 12, of: func(r *instance) agentx.Value { return agentx.Ticks(0) }},
	{id: 13, of: func(r *instance) agentx.Value { return agentx.Gauge(uint64(r.Config.Interval / time.Millisecond)) }},
}

// masterReason is why the instance is master; notMaster(0).
func (r *instance) masterReason() int {
	if r.State != status.Master {
		return 0
	}
	return r.MasterReason
}
