package flood

import (
	"encoding/binary"
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
)

// The master is .5, so that a forger of its own priority has an address below.
const (
	masterAddr, forgerAddr = "10.0.0.5/24", "10.0.0.2/24"
	priority               = 200
	vridV2, vridV3         = 2, 3
	intervalV2, intervalV3 = time.Second, 100 * time.Millisecond
)

var (
	group    = netip.MustParseAddr("224.0.0.18")
	forger   = netip.MustParsePrefix(forgerAddr).Addr()
	addrV2   = netip.MustParseAddr("10.0.0.102")
	addrV3   = netip.MustParseAddr("10.0.0.103")
	password = [8]byte{'s', 'e', 'c', 'r', 'e', 't'}
	ethernet = []byte{0x01, 0, 0x5e, 0, 0, 18, 2, 0, 0, 0, 0, 9, 8, 0}
)

func advertV2(prio uint8) vrrp.Advert {
	return vrrp.Advert{Version: 2, VRID: vridV2, Priority: prio, Interval: intervalV2, Auth: vrrp.Password, Data: password, Addrs: []netip.Addr{addrV2}}
}

func advertV3(prio uint8) vrrp.Advert {
	return vrrp.Advert{Version: 3, VRID: vridV3, Priority: prio, Interval: intervalV3, Addrs: []netip.Addr{addrV3}}
}

// frame is a multicast advert on the wire, with what spoil has made of its packet.
func frame(a vrrp.Advert, ttl uint8, spoil func([]byte) []byte) []byte {
	var sum vrrp.Sum
	if a.Version == 3 {
		sum = vrrp.Sum{Src: forger, Dst: group}
	}
	body := a.Append(nil, sum)
	if spoil != nil {
		body = spoil(body)
	}
	ip := vrrp.IPv4{Src: forger, Dst: group, ID: 1, TTL: ttl, Protocol: vrrp.Protocol}
	head := ip.Append(nil, len(body))
	binary.BigEndian.PutUint16(head[10:], headerSum(head))
	return append(append(append([]byte(nil), ethernet...), head...), body...)
}

// headerSum is an IPv4 header's checksum; of adverts of ours the kernel makes it.
func headerSum(h []byte) uint16 {
	var n uint32
	for i := 0; i < len(h); i += 2 {
		if i != 10 {
			n += uint32(binary.BigEndian.Uint16(h[i:]))
		}
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return ^uint16(n)
}

// both are adverts of one priority in both versions.
func both(prio uint8) [][]byte {
	return [][]byte{frame(advertV2(prio), vrrp.TTL, nil), frame(advertV3(prio), vrrp.TTL, nil)}
}

// broken are adverts of a priority that would win, each with another fault.
func broken() (all [][]byte) {
	for _, a := range []vrrp.Advert{advertV2(254), advertV3(254)} {
		other, wrong, late, kind := a, a, a, a
		other.Version = 5 - a.Version
		wrong.Data = [8]byte{'g', 'u', 'e', 's', 's'}
		late.Interval = 5 * time.Second
		all = append(all,
			frame(a, 64, nil),
			frame(other, vrrp.TTL, nil),
			frame(a, vrrp.TTL, func(b []byte) []byte { b[6] ^= 0xff; return b }),
			frame(a, vrrp.TTL, func(b []byte) []byte { return b[:len(b)-3] }),
			frame(a, vrrp.TTL, func(b []byte) []byte { return append(b, make([]byte, 40)...) }),
			frame(kind, vrrp.TTL, func(b []byte) []byte { b[0]++; return b }))
		if a.Version == 2 {
			kind.Auth = vrrp.NoAuth
			all = append(all, frame(wrong, vrrp.TTL, nil), frame(kind, vrrp.TTL, nil), frame(late, vrrp.TTL, nil))
		}
	}
	return all
}
