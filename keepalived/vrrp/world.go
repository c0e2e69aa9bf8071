package vrrp

import (
	"net/netip"

	"moongate/keepalived/config"
)

// World is what the machine acts on. Nothing here may call back into the machine.
type World interface {
	// Send sends an advert: over IPv4 the whole packet from the IP header on, over
	// IPv6 what follows the header. The packet is the machine's again afterwards.
	Send(in *Instance, dst netip.Addr, packet []byte)

	// SendSecond sends one on the second path of an instance that has a heartbeat.
	SendSecond(in *Instance, dst netip.Addr, packet []byte)
	// Ask begins to find out whether this machine reaches the network, as tie_break has
	// it. Machine.Answer tells what came of it, within its timeout. What was asked for
	// this instance before is forgotten.
	Ask(in *Instance)

	// What a master has and others have not. Removing what is not there is no fault.
	AddAddr(in *Instance, a *config.Address)
	RemoveAddr(in *Instance, a *config.Address)
	AddRoute(in *Instance, r *config.Route)
	RemoveRoute(in *Instance, r *config.Route)
	AddRule(in *Instance, r *config.Rule)
	RemoveRule(in *Instance, r *config.Rule)
	// Took says that the instance has become master, or has given that up, and
	// everything of that is done but the announcements.
	Took(in *Instance, master bool)

	// Announce sends one gratuitous ARP, or one unsolicited neighbour advertisement.
	Announce(in *Instance, a *config.Address)

	// Seek asks the neighbours where a peer is. The kernel would do so by itself, but
	// while it has given the peer up, only once a second.
	Seek(in *Instance, peer netip.Addr)

	// Notify tells of an event, in order. Of an instance and a group one is nil.
	Notify(in *Instance, g *Group, e Event)

	Log(l Level, format string, args ...any)
}
