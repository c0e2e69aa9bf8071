package vrrp

import (
	"net/netip"
	"time"
)

// Stats are the counters of an instance, in the order of keepalived.stats; the
// last ones, from Checksum on, are not shown there.
type Stats struct {
	Received, Sent              uint64 // adverts
	BecameMaster, LeftMaster    uint64
	Length, TTL, Type           uint64 // packet errors
	Interval, Addrs             uint64
	AuthType, AuthMismatch      uint64
	AuthFailure                 uint64
	ZeroReceived, ZeroSent      uint64
	Checksum, Version, Rejected uint64

	SecondReceived, SecondSent uint64 // adverts on the second path
	HeldBack                   uint64 // how often the second path has kept a backup from taking over
	CutOff                     uint64 // and how often tie_break has
}

// Change is a transition.
type Change struct {
	At     time.Time
	To     State
	Reason string
}

// Status is a copy of how things stand with an instance.
type Status struct {
	State, Want     State
	Last            time.Time // transition
	Reason          string    // of it
	Timeout         time.Time // of the running timer; zero: none
	Down            time.Duration
	Effective       uint8
	Total           int // priority, not held between 1 and 254
	Faults, Waiting int
	Master          netip.Addr // that is heard
	MasterPriority  uint8
	MasterInterval  time.Duration
	Source          netip.Addr
	Holds           bool       // the addresses are set
	SecondMaster    netip.Addr // the last one that was heard on the second path
	SecondUntil     time.Time  // and until when that counts
	SecondSource    netip.Addr
	HeldBack        bool // the second path keeps it from taking over
	CutOff          bool // tie_break does
	Changes         []Change
	Base            uint8 // priority, of the configuration or set since
	NoPreempt       bool
	Began           time.Time // when it has left INIT or FAULT; zero: it is there
	Won             int       // why it has become master (vrrpv3StatisticsNewMasterReason)
	Refused         int       // why the last bad packet was (vrrpv3StatisticsProtoErrReason)
	Stats           Stats
}

// Status tells how things stand.
func (in *Instance) Status() Status {
	s := Status{
		State: in.state, Want: in.want, Last: in.last, Reason: in.reason,
		Down: in.downInterval(), Effective: in.eff, Total: in.total, Faults: in.faults, Waiting: in.waiting,
		Master: in.master, MasterPriority: in.masterPrio, MasterInterval: in.learned,
		Source: in.source, Holds: in.holds, Changes: append([]Change(nil), in.changes...), Stats: in.Stats,
		Base: in.prio, NoPreempt: in.noPreempt, Began: in.began, Won: in.won, Refused: in.refused,
		SecondMaster: in.second.master, SecondUntil: in.second.until, SecondSource: in.second.source, HeldBack: in.second.held, CutOff: in.tie.told,
	}
	if in.main.running() {
		s.Timeout = in.main.at
	}
	return s
}

// State is the group's: that of its instances, once all have come to it.
func (g *Group) State() State { return g.state }

// keepChanges is how many transitions are remembered.
const keepChanges = 16

// became notes a transition.
func (in *Instance) became(now time.Time, s State, reason string) {
	in.state, in.last, in.reason = s, now, reason
	switch {
	case s != Backup && s != Master:
		in.began = time.Time{}
	case in.began.IsZero():
		in.began = now
	}
	if len(in.changes) == keepChanges {
		copy(in.changes, in.changes[1:])
		in.changes = in.changes[:keepChanges-1]
	}
	in.changes = append(in.changes, Change{now, s, reason})
	in.logged = 0
}
