package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
)

// What a manager may do by SNMP, and what it is told.

// Refusal is why a packet was refused.
type Refusal int

// The refusals that are told. The first have the numbers of RFC 6527.
const (
	RefusedTTL Refusal = iota + 1
	RefusedVersion
	RefusedChecksum
	_
	RefusedAuthType     // there is no such authentication
	RefusedAuthMismatch // it is another than ours
	RefusedAuth         // it is wrong
)

// Protocol tells whether it is about the protocol, not about authentication.
func (r Refusal) Protocol() bool { return r <= RefusedChecksum }

// tellRefused says why the packet that was just looked at was refused.
func (in *Instance) tellRefused(from netip.Addr) {
	fresh := in.newFault
	in.newFault = false
	why := in.refusal()
	if why == 0 {
		return
	}
	if why.Protocol() {
		in.refused = int(why)
	}
	if fresh && in.m.OnRefused != nil {
		in.m.OnRefused(in, why, from)
	}
}

func (in *Instance) refusal() Refusal {
	switch in.fault {
	case badTTL, badPeerTTL:
		return RefusedTTL
	case badVersion:
		return RefusedVersion
	case badChecksum:
		return RefusedChecksum
	case badAuthType:
		if a := in.m.in.Auth; a != vrrp.NoAuth && a != vrrp.Password && a != vrrp.Header {
			return RefusedAuthType
		}
		return RefusedAuthMismatch
	case badPassword, badICV, badSequence, badHMAC:
		return RefusedAuth
	}
	return 0
}

// The reasons to become master, with the numbers of RFC 6527.
const (
	byPriority   = 1 // the owner
	byPreemption = 2
	bySilence    = 3 // no master is heard
)

func (in *Instance) reasonToWin(now time.Time) int {
	switch {
	case in.owner():
		return byPriority
	case !in.lower.IsZero() && now.Sub(in.lower) < in.downInterval():
		return byPreemption
	}
	return bySilence
}

// Won is why the instance has become master, as RFC 6527 counts reasons.
func (in *Instance) Won() int { return in.won }

// Good tells whether something that instances may follow is good.
func (m *Machine) Good(of Object) bool {
	o := m.objects[of]
	return o != nil && o.known && o.value != 0
}

// SetPriority gives an instance another base priority until it is configured anew.
func (m *Machine) SetPriority(now time.Time, in *Instance, prio uint8) {
	if in.prio == prio {
		return
	}
	in.log(Info, "(%s) base priority changed from %d to %d via SNMP.", in.Conf.Name, in.prio, prio)
	in.prio, in.base = prio, prio
	in.weigh(now)
}

// SetPreempt has an instance preempt or not until it is configured anew.
func (m *Machine) SetPreempt(in *Instance, preempt bool) {
	if in.noPreempt == !preempt {
		return
	}
	word := "disabled"
	if preempt {
		word = "enabled"
	}
	in.log(Info, "(%s) preemption %s with SNMP", in.Conf.Name, word)
	in.noPreempt = !preempt
}

// Unknown counts packets with a VRID that no instance has.
func (m *Machine) Unknown() uint64 { return m.unknown }
