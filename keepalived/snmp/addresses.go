package snmp

import (
	"net/netip"
	"strings"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
)

// address is a row of vrrpAddressTable.
type address struct {
	s    *Snapshot
	on   string // its interface
	set  bool
	told bool // in adverts
	*config.Address
}

// scopes are InetScopeType for the kernel's.
var scopes = map[uint8]int{0: 14, 200: 5, 253: 2, 254: 1}

var addressColumns = []column[address]{
	{id: 2, of: func(r *address) agentx.Value { return family(r.Prefix.Addr()) }},
	{id: 3, of: func(r *address) agentx.Value { return agentx.Addr(r.Prefix.Addr()) }},
	{id: 4, of: func(r *address) agentx.Value {
		if r.Prefix.Addr().Is6() {
			return agentx.Value{}
		}
		broadcast := netip.IPv4Unspecified()
		if r.Broadcast.IsValid() {
			broadcast = r.Broadcast
		}
		return agentx.Addr(broadcast)
	}},
	{id: 5, of: func(r *address) agentx.Value { return agentx.Gauge(uint64(r.Prefix.Bits())) }},
	{id: 6, of: func(r *address) agentx.Value { return agentx.Int(scopes[r.Scope]) }},
	{id: 7, of: func(r *address) agentx.Value { return agentx.Int(r.s.index(r.on)) }},
	{id: 8, of: func(r *address) agentx.Value { return text(r.on) }},
	{id: 9, of: func(r *address) agentx.Value { return text(r.Label) }},
	{id: 10, of: func(r *address) agentx.Value { return truth(r.set) }},
	{id: 11, of: func(r *address) agentx.Value { return truth(r.told) }},
	{id: 12, of: func(r *address) agentx.Value {
		if !r.Peer.IsValid() {
			return agentx.Value{}
		}
		return agentx.Addr(r.Peer.Addr())
	}},
}

// addressTable has the static addresses as those of instance 0.
func addressTable(v *view, s *Snapshot) {
	var rows []row[address]
	add := func(instance, place int, a address) {
		rows = append(rows, row[address]{[]uint32{uint32(instance), uint32(place)}, a})
	}
	for i := range s.Config.StaticAddrs {
		a := &s.Config.StaticAddrs[i]
		add(0, i+1, address{s, a.Dev, s.index(a.Dev) != 0, false, a})
	}
	for i := range s.Status.Instances {
		in := &s.Status.Instances[i]
		c := in.Config
		for j := range c.Addrs {
			a := &c.Addrs[j]
			add(i+1, j+1, address{s, place(c, a, in.On, j), at(in.Set, j), true, a})
		}
		for j := range c.Excluded {
			a := &c.Excluded[j]
			add(i+1, len(c.Addrs)+j+1, address{s, place(c, a, in.OnExtra, j), at(in.SetExtra, j), false, a})
		}
	}
	table(v, entry(vrrp, 6), addressColumns, rows)
}

// place is the interface that an address goes on: one that was made for it, if any.
func place(c *config.Instance, a *config.Address, made []string, i int) string {
	if i < len(made) && made[i] != "" {
		name, _, _ := strings.Cut(made[i], "@")
		return name
	}
	if a.Dev != "" {
		return a.Dev
	}
	return c.Interface
}

func at(list []bool, i int) bool { return i < len(list) && list[i] }

// index is the number of an interface; 0: there is none.
func (s *Snapshot) index(name string) int {
	for i := range s.Status.Interfaces {
		if n := &s.Status.Interfaces[i]; n.Name == name {
			return n.Index
		}
	}
	return 0
}
