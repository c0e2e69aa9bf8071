package snmp

import "moongate/edge/wire/agentx"

// The trees that are served.
var (
	keepalived = agentx.MustOID("1.3.6.1.4.1.9586.100.5") // KEEPALIVED-MIB
	global     = keepalived.With(1)
	vrrp       = keepalived.With(2)
	check      = keepalived.With(3)
	rfc2       = agentx.MustOID("1.3.6.1.2.1.68")  // VRRP-MIB
	rfc3       = agentx.MustOID("1.3.6.1.2.1.207") // VRRPV3-MIB
)

// entry is a table's entry: the table is a number of its group, and the entry 1 of it.
func entry(group agentx.OID, number uint32) agentx.OID { return group.With(number, 1) }
