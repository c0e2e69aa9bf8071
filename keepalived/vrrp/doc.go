// Package vrrp is the state machine of keepalived's VRRP: which instance is
// master, backup or at fault, and what it does because of that. It is pure: no
// sockets, no clock, no goroutines. Its methods take the time and act through
// World; Next says when Run wants to be called.
//
// Who calls it: keepalived/speaker, on one thread, and the tests, which run
// several routers on a clock of their own.
//
// What it owns: the instances' and groups' states, their timers, and what is
// known of interfaces and trackers. What it is told is: an advert came (Receive),
// an interface or an address changed (Link, Source, Lost), a tracker has a result
// (Track), the configuration is another (Reload), it is over (Stop).
//
//	         INIT ---- scripts have run, interface is up ----+
//	                                                         v
//	FAULT <------- something followed is bad ---------- BACKUP <----+
//	  |  ^                                                   |      | an advert with a
//	  |  +-- the same: priority 0 is sent first -- MASTER <--+      | higher priority
//	  |                                               |   silence   |
//	  +---- all is well again: BACKUP                 +-------------+
//
// # Differences from keepalived
//
// The one that steps down for a better master sends a last advert, as keepalived
// does with higher_prio_send_advert, unless that was switched off, and again if
// nothing shows that it was heard. Whoever stays master repeats its gratuitous ARPs
// then, and also when another master leaves with priority 0; and the rounds of a
// burst are spread over a third of a second. So neighbours that have learned the
// loser's address do not keep it.
//
// With unicast, peers are looked for as soon as a link is back: the kernel would ask
// once a second, and both would be masters meanwhile.
//
// An instance can have a second path for its adverts, and ask before it takes over
// whether it is cut off itself: second.go and tiebreak.go.
//
// Members of a sync group that fall with another one say so with priority 0, where
// keepalived is silent. An address that a reload moves from one instance to another
// stays where it is. Answers to masters of a lower priority are limited to a few in
// each interval, so that a flood of forged adverts makes none of ours.
package vrrp
