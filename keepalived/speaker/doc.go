// Package speaker is the VRRP process: it gives keepalived/vrrp sockets, a clock
// and the kernel.
//
// Who calls it: keepalived/daemon, which starts the process and stands behind its
// role.Session. What it owns: sockets for adverts and gratuitous ARPs, netlink
// sockets, macvlans of use_vmac, the addresses, routes and rules of masters, and
// what instances follow (keepalived/track).
//
//	                   +-- sockets: adverts in ----> Machine.Receive
//	loop, one thread --+-- netlink: links, addrs --> Machine.Link, Source, Lost   --> World: adverts
//	                   +-- scripts, files ---------> Machine.Track                    out, netlink,
//	                   +-- the parent's events ----> Machine.Reload, Stop             ARP, notify
//	                   +-- its timer --------------> Machine.Run
//
// All of this is on the thread of one loop, which has real-time priority where that is
// allowed: with vrrp_rt_priority as it says, otherwise with the lowest there is.
// keepalived has none unless it is configured. What may wait (starting programs,
// logging, mail) is done elsewhere.
//
// What has arrived is always handled before what is due: a backup that did not get
// to run for a while first hears the adverts that lie in its socket.
//
// An address that the instance's own adverts come from is never taken away: that
// of an address owner belongs to the system.
package speaker
