// Package vrrp is the codec of the Virtual Router Redundancy Protocol, versions 2 (RFC 3768) and 3 (RFC 9568), as keepalived
// and routers speak it: advertisements for IPv4 and IPv6, passwords, and the authentication header (RFC 2402) that version 2
// had. Who accepts what is not decided here.
package vrrp
