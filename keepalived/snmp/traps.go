package snmp

import (
	"net/netip"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// Traps are sent by an Link when enable_traps says so. The names of their variables
// have no index in KEEPALIVED-MIB, as keepalived sends them.
var (
	groupTrap    = vrrp.With(10, 0, 1) // vrrpSyncGroupStateChange
	instanceTrap = vrrp.With(10, 0, 2) // vrrpInstanceStateChange
	realTrap     = check.With(5, 0, 1) // realServerStateChange
	quorumTrap   = check.With(5, 0, 2) // virtualServerQuorumStateChange

	newMaster   = rfc2.With(0, 1) // vrrpTrapNewMaster
	authFailure = rfc2.With(0, 2) // vrrpTrapAuthFailure
	newMaster3  = rfc3.With(0, 1) // vrrpv3NewMaster
	protoError  = rfc3.With(0, 2) // vrrpv3ProtoError
)

// States beside those of an instance (VrrpState).
const (
	Stopped = status.State(5) // shutdown
	Deleted = status.State(6)
)

func variableOf(name agentx.OID, v agentx.Value) agentx.Variable {
	return agentx.Variable{Name: name, Value: v}
}

// wants tells whether there is somebody to send a trap.
func (l *Link) wants(g *config.Global) bool { return l != nil && g.SNMP.Traps }

func router(g *config.Global) agentx.Variable {
	return variableOf(global.With(2, 0), agentx.Text(routerID(g)))
}

// Instance tells that an instance has come to a state. Index is that of its interface.
func (l *Link) Instance(g *config.Global, c *config.Instance, to status.State, index int, source netip.Addr, reason int) {
	if !l.wants(g) {
		return
	}
	columns := entry(vrrp, 3)
	first := status.Backup
	if c.Master {
		first = status.Master
	}
	if g.SNMP.VRRP {
		l.log(role.Info, "(%s) Sending SNMP notification", c.Name)
		l.send(instanceTrap, variableOf(columns.With(2), agentx.Text(c.Name)), variableOf(columns.With(4), agentx.Int(int(to))),
			variableOf(columns.With(5), agentx.Int(int(first))), router(g))
	}
	if to != status.Master {
		return
	}
	if g.SNMP.RFC2 && c.Version == 2 {
		l.log(role.Info, "(%s) Sending SNMP notification vrrpTrapNewMaster", c.Name)
		l.send(newMaster, variableOf(rfc2.With(1, 3, 1, 7, uint32(index), uint32(c.VRID)), agentx.IPv4(source)))
	}
	if g.SNMP.RFC3 {
		l.log(role.Info, "(%s) Sending SNMP notification vrrpv3NotifyNewMaster, reason %d", c.Name, reason)
		row := []uint32{uint32(index), uint32(c.VRID), same6(c)}
		l.send(newMaster3, variableOf(rfc3.With(1, 1, 1, 1, 3).With(row...), agentx.Addr(source)),
			variableOf(rfc3.With(1, 2, 5, 1, 2).With(row...), agentx.Int(reason)))
	}
}

// Group tells that a sync group has come to a state.
func (l *Link) Group(g *config.Global, c *config.Group, to status.State) {
	if !l.wants(g) || !g.SNMP.VRRP {
		return
	}
	columns := entry(vrrp, 1)
	l.log(role.Info, "VRRP_Group(%s): Sending SNMP notification", c.Name)
	l.send(groupTrap, variableOf(columns.With(2), agentx.Text(c.Name)), variableOf(columns.With(3), agentx.Int(int(to))), router(g))
}

// Auth tells that an advert has failed authentication: invalidAuthType(1),
// authTypeMismatch(2), authFailure(3). Its variables have the index of the instance's
// row, as keepalived sends them.
func (l *Link) Auth(g *config.Global, c *config.Instance, index int, from netip.Addr, kind int) {
	if l.wants(g) && g.SNMP.RFC2 {
		l.log(role.Info, "(%s) Sending SNMP notification vrrpTrapAuthFailure", c.Name)
		row := []uint32{uint32(index), uint32(c.VRID)}
		l.send(authFailure, variableOf(rfc2.With(1, 5).With(row...), agentx.IPv4(from)), variableOf(rfc2.With(1, 6).With(row...), agentx.Int(kind)))
	}
}

// Protocol tells that an advert was wrong: ipTtlError(1), versionError(2),
// checksumError(3), vrIdError(4).
func (l *Link) Protocol(g *config.Global, c *config.Instance, index, kind int) {
	if l.wants(g) && g.SNMP.RFC3 {
		l.log(role.Info, "(%s) Sending SNMP notification vrrpTrapProtoError", c.Name)
		l.send(protoError, variableOf(rfc3.With(1, 2, 5, 1, 6, uint32(index), uint32(c.VRID), same6(c)), agentx.Int(kind)))
	}
}

// Real tells that a real server is up or down. Alive and all count those of the virtual
// server.
func (l *Link) Real(g *config.Global, v *config.Server, r *config.RealServer, isUp bool, alive, all int) {
	if !l.wants(g) {
		return
	}
	columns := entry(check, 4)
	vars := []agentx.Variable{
		variableOf(columns.With(3), family(r.Addr.Addr())), variableOf(columns.With(4), agentx.Addr(r.Addr.Addr())),
		variableOf(columns.With(5), agentx.Gauge(uint64(r.Addr.Port()))), variableOf(columns.With(6), truth(isUp)),
	}
	l.send(realTrap, append(append(vars, serverVars(v)...), counts(alive, all, g)...)...)
}

// Quorum tells that a virtual server has its quorum, or has it no more.
func (l *Link) Quorum(g *config.Global, v *config.Server, isUp bool, alive, all int) {
	if !l.wants(g) {
		return
	}
	columns := entry(check, 3)
	vars := append(serverVars(v), variableOf(columns.With(23), truth(isUp)), variableOf(columns.With(22), agentx.Gauge(uint64(v.Quorum))))
	l.send(quorumTrap, append(vars, counts(alive, all, g)...)...)
}

func counts(alive, all int, g *config.Global) []agentx.Variable {
	columns := entry(check, 3)
	return []agentx.Variable{variableOf(columns.With(21), agentx.Gauge(uint64(alive))), variableOf(columns.With(20), agentx.Gauge(uint64(all))), router(g)}
}

// serverVars says which virtual server it is.
func serverVars(v *config.Server) []agentx.Variable {
	columns := entry(check, 3)
	vars := []agentx.Variable{variableOf(columns.With(2), serverType(v))}
	switch {
	case v.Group != nil:
		vars = append(vars, variableOf(columns.With(3), agentx.Text(v.Group.Name)))
	case v.FwMark != 0:
		vars = append(vars, variableOf(columns.With(4), agentx.Gauge(uint64(v.FwMark))))
	default:
		vars = append(vars, variableOf(columns.With(5), family(v.Addr.Addr())), variableOf(columns.With(6), agentx.Addr(v.Addr.Addr())),
			variableOf(columns.With(7), agentx.Gauge(uint64(v.Addr.Port()))))
	}
	return append(vars, variableOf(columns.With(8), agentx.Int(protocols[v.Protocol])))
}
