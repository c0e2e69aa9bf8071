// Package nftables is the data plane that needs no more than nftables with NAT: a
// table of its own, whose maps choose a real server for each new connection;
// conntrack does the rest. edge/sys/nft writes the table.
//
// It is for kernels without IPVS that let nobody load eBPF programs. It chooses by
// turns (rr, wrr) and by a hash of the client (sh, mh; not the kernel's hash, but the
// same on every director), for dh always the same server. What counts connections
// is beyond it, and so are thresholds, DR and TUN. Connections of a destination that
// was drained or removed go on. As with IPVS's NAT the machine must forward, and
// the servers' answers must come by it.
package nftables
