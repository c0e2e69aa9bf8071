// Package agentx is the codec of AgentX, version 1 (RFC 2741): how a
// program tells snmpd, the master, what it serves of the tree of SNMP.
//
//	byte 0 version | 1 type | 2 flags | 3 reserved
//	     4 session | 8 transaction | 12 packet | 16 length of what follows
//
// Both byte orders are read, by the flag in each header; everything is written in
// network order. A PDU is one struct, of which each type uses some fields. What a
// parsed PDU holds is copied out of the bytes that it came from.
//
// Contexts other than the default one are read and not interpreted. Indexes are not
// allocated; no PDU here does that.
package agentx
