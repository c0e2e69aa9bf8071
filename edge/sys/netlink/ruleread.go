package netlink

import (
	"encoding/binary"
	"net/netip"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

func ports(e *nlmsg.Encoder, kind uint16, r Opt[Range[uint16]]) {
	if r.Ok {
		var b [4]byte
		binary.NativeEndian.PutUint16(b[:], r.V.From)
		binary.NativeEndian.PutUint16(b[2:], r.V.To)
		e.Attr(kind, b[:])
	}
}

func portsOf(v []byte) Opt[Range[uint16]] {
	if len(v) < 4 {
		return Opt[Range[uint16]]{}
	}
	return Some(Range[uint16]{nlmsg.Uint16(v), nlmsg.Uint16(v[2:])})
}

// Rules lists the rules of a family, the first to be asked first.
func (c *Conn) Rules(v6 bool) (all []Rule, err error) {
	err = c.list("listing rules", unix.RTM_GETRULE,
		func(e *nlmsg.Encoder) {
			head := make([]byte, rtmsgSize)
			head[0] = family(v6)
			e.Raw(head...)
		},
		func() { all = all[:0] },
		func(_ uint16, b []byte) {
			var r Rule
			if r.parse(b) {
				all = append(all, r)
			}
		})
	return all, err
}

// parse reads what follows the header of RTM_NEWRULE or RTM_DELRULE.
func (r *Rule) parse(b []byte) bool {
	if len(b) < rtmsgSize || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return false
	}
	*r = Rule{IPv6: b[0] == unix.AF_INET6, TOS: b[3], Table: uint32(b[4]), Action: RuleAction(b[7]), Not: nlmsg.Uint32(b[8:])&fibRuleInvert != 0,
		Priority: Some(uint32(0))}
	for kind, v := range nlmsg.Attrs(b[rtmsgSize:]) {
		switch kind {
		case unix.FRA_SRC:
			r.From = netip.PrefixFrom(addr(v), int(b[2]))
		case unix.FRA_DST:
			r.To = netip.PrefixFrom(addr(v), int(b[1]))
		case unix.FRA_TABLE:
			r.Table = nlmsg.Uint32(v)
		case unix.FRA_PRIORITY:
			r.Priority = Some(nlmsg.Uint32(v))
		case unix.FRA_FWMARK:
			r.Mark = Some(nlmsg.Uint32(v))
		case unix.FRA_FWMASK:
			r.Mask = Some(nlmsg.Uint32(v))
		case unix.FRA_SUPPRESS_PREFIXLEN:
			r.SuppressLen = unless(v)
		case unix.FRA_SUPPRESS_IFGROUP:
			r.SuppressGroup = unless(v)
		case unix.FRA_GOTO:
			r.Goto = nlmsg.Uint32(v)
		case unix.FRA_FLOW:
			r.Realm = nlmsg.Uint32(v)
		case unix.FRA_IIFNAME:
			r.IIF = nlmsg.String(v)
		case unix.FRA_OIFNAME:
			r.OIF = nlmsg.String(v)
		case unix.FRA_L3MDEV:
			r.L3MDev = nlmsg.Uint8(v) != 0
		case unix.FRA_IP_PROTO:
			r.IPProto = nlmsg.Uint8(v)
		case unix.FRA_PROTOCOL:
			r.Protocol = nlmsg.Uint8(v)
		case unix.FRA_TUN_ID:
			if len(v) >= 8 {
				r.TunnelID = binary.BigEndian.Uint64(v)
			}
		case unix.FRA_UID_RANGE:
			if len(v) >= 8 {
				r.UIDs = Some(Range[uint32]{nlmsg.Uint32(v), nlmsg.Uint32(v[4:])})
			}
		case unix.FRA_SPORT_RANGE:
			r.Sport = portsOf(v)
		case unix.FRA_DPORT_RANGE:
			r.Dport = portsOf(v)
		}
	}
	return true
}

// unless is a number that is not said by all ones.
func unless(v []byte) Opt[uint32] {
	if n := nlmsg.Uint32(v); n != forever {
		return Some(n)
	}
	return Opt[uint32]{}
}
