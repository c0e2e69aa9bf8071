package netlink

import (
	"net/netip"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// RuleAction is what a rule does with a packet that it fits.
type RuleAction uint8

// The actions that "ip rule" knows.
const (
	Lookup          = RuleAction(unix.FR_ACT_TO_TBL) // also 0
	Goto            = RuleAction(unix.FR_ACT_GOTO)
	Nop             = RuleAction(unix.FR_ACT_NOP)
	RuleBlackhole   = RuleAction(unix.FR_ACT_BLACKHOLE)
	RuleUnreachable = RuleAction(unix.FR_ACT_UNREACHABLE)
	RuleProhibit    = RuleAction(unix.FR_ACT_PROHIBIT)
)

// Range is from one number to another, both in it.
type Range[T comparable] struct{ From, To T }

// Rule is a rule with all that "ip rule" can say. The zero value of a field is what is
// not said.
type Rule struct {
	IPv6     bool
	Priority Opt[uint32] // not given: the kernel chooses
	Action   RuleAction
	Table    uint32 // of Lookup
	Goto     uint32 // a priority
	L3MDev   bool   // the table of the VRF

	Not           bool
	From, To      netip.Prefix
	TOS           uint8
	Mark          Opt[uint32]
	Mask          Opt[uint32]
	IIF, OIF      string
	UIDs          Opt[Range[uint32]]
	IPProto       uint8
	Sport, Dport  Opt[Range[uint16]]
	TunnelID      uint64
	SuppressLen   Opt[uint32] // "suppress_prefixlength"
	SuppressGroup Opt[uint32]
	Realm         uint32
	Protocol      uint8 // who made it
}

const fibRuleInvert = 2

// AddRule adds a rule.
func (c *Conn) AddRule(r Rule) error {
	c.rule(c.begin(unix.RTM_NEWRULE, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_EXCL), &r)
	return c.do("adding a rule")
}

// DeleteRule takes the first rule away that what is given fits.
func (c *Conn) DeleteRule(r Rule) error {
	c.rule(c.begin(unix.RTM_DELRULE, unix.NLM_F_ACK), &r)
	return c.do("deleting a rule")
}

func (c *Conn) rule(e *nlmsg.Encoder, r *Rule) {
	var head [rtmsgSize]byte
	head[0], head[3], head[4], head[7] = family(r.IPv6), r.TOS, tableByte(r.Table), uint8(r.Action)
	if r.Action == 0 {
		head[7] = uint8(Lookup)
	}
	if r.From.IsValid() {
		head[2] = uint8(r.From.Bits())
	}
	if r.To.IsValid() {
		head[1] = uint8(r.To.Bits())
	}
	if r.Not {
		put32(head[8:], fibRuleInvert)
	}
	e.Raw(head[:]...)
	if r.Table != 0 {
		e.Uint32(unix.FRA_TABLE, r.Table)
	}
	if r.From.IsValid() {
		e.Attr(unix.FRA_SRC, r.From.Masked().Addr().AsSlice())
	}
	if r.To.IsValid() {
		e.Attr(unix.FRA_DST, r.To.Masked().Addr().AsSlice())
	}
	for _, o := range []struct {
		kind uint16
		v    Opt[uint32]
	}{
		{unix.FRA_PRIORITY, r.Priority}, {unix.FRA_FWMARK, r.Mark}, {unix.FRA_FWMASK, r.Mask},
		{unix.FRA_SUPPRESS_PREFIXLEN, r.SuppressLen}, {unix.FRA_SUPPRESS_IFGROUP, r.SuppressGroup},
		{unix.FRA_GOTO, Opt[uint32]{r.Goto, r.Action == Goto}}, {unix.FRA_FLOW, Opt[uint32]{r.Realm, r.Realm != 0}},
	} {
		if o.v.Ok {
			e.Uint32(o.kind, o.v.V)
		}
	}
	if r.IIF != "" {
		e.String(unix.FRA_IIFNAME, r.IIF)
	}
	if r.OIF != "" {
		e.String(unix.FRA_OIFNAME, r.OIF)
	}
	if r.L3MDev {
		e.Uint8(unix.FRA_L3MDEV, 1)
	}
	if r.IPProto != 0 {
		e.Uint8(unix.FRA_IP_PROTO, r.IPProto)
	}
	if r.Protocol != 0 {
		e.Uint8(unix.FRA_PROTOCOL, r.Protocol)
	}
	if r.TunnelID != 0 {
		e.Uint64BE(unix.FRA_TUN_ID, r.TunnelID)
	}
	if r.UIDs.Ok {
		var b [8]byte
		put32(b[:], r.UIDs.V.From)
		put32(b[4:], r.UIDs.V.To)
		e.Attr(unix.FRA_UID_RANGE, b[:])
	}
	ports(e, unix.FRA_SPORT_RANGE, r.Sport)
	ports(e, unix.FRA_DPORT_RANGE, r.Dport)
}
