// Package snmp shows keepalived to SNMP, through snmpd, by AgentX: the tables of
// KEEPALIVED-MIB, VRRP-MIB (RFC 2787) and VRRPV3-MIB (RFC 6527), and traps.
//
//	snmpd --AgentX--> Link --Ask--> VRRP process or checker
//	                    view <-- tables <-- Snapshot
//
// Each process that has something to show starts a Link of its own, a goroutine with an
// AgentX session. The process is asked for a Snapshot, at most one a second and
// none while nobody reads, and the view is made of that: all variables in their order.
// So neither a reader nor a snmpd that hangs can hold the process up; a trap goes into a
// queue, and is lost while snmpd is away.
//
// A table of a MIB is a table here: a list of columns, each a number and a function of
// the row. What keepalived 2.2.7 answers is what counts; where it contradicts the MIB,
// the MIB does (docs/differences.md).
package snmp
