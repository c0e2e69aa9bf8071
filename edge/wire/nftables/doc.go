// Package nftables writes what the kernel's firewall is told: batches of changes to tables,
// chains, sets and rules, as netlink messages. Pure bytes: edge/sys/netfilter and
// edge/sys/nft send them.
//
// A rule is a program for a small machine with registers: each expression loads, compares
// or decides, and one that does not fit ends the rule.
package nftables
