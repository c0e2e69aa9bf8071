// Package netfilter keeps the firewall table that keepalived makes with nftables: packets
// to and from virtual addresses that the master must not answer for (no_accept), and what
// the kernel would send from the interface of a virtual MAC by itself.
//
// Called by keepalived's speaker. It owns the tables of its name, one for IPv4 and one for
// IPv6; each is made when it is first needed, by the words that "nft list ruleset" shows for
// keepalived 2.2.7. Becoming master or backup changes only elements of sets.
//
// A change is one batch, which the kernel takes as a whole or not at all. It speaks
// through edge/wire/nlmsg; what a plane for virtual servers needs of nftables is not here.
package netfilter
