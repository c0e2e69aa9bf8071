// Package ipvs speaks to the kernel's IP Virtual Server by generic netlink: services,
// destinations, timeouts, the daemons that share connections. Numbers and layouts are
// those of linux/ip_vs.h.
//
// keepalived/lvs/ipvs calls it. A kernel without ip_vs is a *Missing. The client owns
// its socket and is for one goroutine at a time; edge/sys/ipvstest takes the kernel's
// place in tests.
package ipvs
