package vrrp

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"moongate/edge/wire/vrrp"
)

// Faults of packets. Each is logged once until the master changes.
const (
	badLength = iota
	badTTL
	badVersion
	noHMAC
	badTrailer
	badKey
	badStamp
	badHMAC
	badReplay
	farClock
	badAuthType
	badPassword
	badICV
	badSequence
	badInterval
	badType
	badChecksum
	badCast
	badCount
	badAddrs
	badSource
	badPeerTTL
	sawOurAddress
)

// first tells whether a fault is new.
func (in *Instance) first(fault int) bool {
	seen := in.logged&(1<<fault) != 0
	in.logged |= 1 << fault
	return !seen
}

// complain logs a fault of a packet, and is false.
func (in *Instance) complain(fault int, format string, args ...any) bool {
	if in.fault = fault; in.first(fault) {
		in.newFault = true
		in.log(Info, format, args...)
	}
	return false
}

// check reads a packet into Machine.in and tells whether it is to be heard. The
// order is keepalived's.
func (in *Instance) check(now time.Time, f *frame) bool {
	c, a, s := in.Conf, &in.m.in, &in.Stats
	rest, err := a.Parse(f.body, c.V6)
	if err != nil && !errors.Is(err, vrrp.ErrVersion) {
		s.Length++
		return in.complain(badLength, "(%s) vrrp packet too short from %v, length %d: %v", c.Name, f.src, len(f.body), err)
	}
	trailer := c.HMAC != nil && len(rest) == vrrp.TrailerSize
	if err == nil && len(rest) > 0 && !trailer && !vrrp.Padding(len(f.body)-len(rest), rest) {
		s.Length++
		return in.complain(badLength, "(%s) vrrp packet too long from %v, length %d and expect %d", c.Name, f.src, len(f.body), len(f.body)-len(rest))
	}
	if f.multicast && f.ttl != vrrp.TTL && f.ttl >= 0 {
		s.TTL++
		return in.complain(badTTL, "(%s) invalid TTL/HL from %v. Received %d and expect %d", c.Name, f.src, f.ttl, vrrp.TTL)
	}
	if err != nil || int(a.Version) != c.Version {
		s.Version++
		return in.complain(badVersion, "(%s) wrong version from %v. Received %d and expect %d", c.Name, f.src, a.Version, c.Version)
	}
	if c.HMAC != nil && !in.checkHMAC(now, f, rest) {
		s.AuthFailure++
		return false
	}
	if c.Version == 2 && !in.checkAuth(f) {
		return false
	}
	if c.Version == 2 && a.Interval != c.Interval {
		s.Interval++
		return in.complain(badInterval, "(%s) advertisement interval mismatch from %v mine=%d sec rcv'd=%d sec", c.Name, f.src, c.Interval/time.Second, a.Interval/time.Second)
	}
	if a.Interval == 0 && a.Priority != vrrp.Leaves {
		s.Interval++
		return in.complain(badInterval, "(%s) advertisement interval 0 from %v", c.Name, f.src)
	}
	if a.Type != 1 {
		s.Type++
		return in.complain(badType, "(%s) Invalid packet type from %v. %d and expect %d", c.Name, f.src, a.Type, 1)
	}
	summed := f.body[:len(f.body)-len(rest)]
	if c.V6 && trailer {
		summed = f.body
	}
	if !in.checkSum(f, summed) {
		s.Checksum++
		return in.complain(badChecksum, "(%s) Invalid VRRPv%d checksum from %v", c.Name, c.Version, f.src)
	}
	if f.second {
		return in.checkSecond(f)
	}
	if f.multicast == in.unicast() {
		s.Rejected++
		want, got := "mult", "un"
		if f.multicast {
			want, got = got, want
		}
		return in.complain(badCast, "(%s) Expected %sicast packet but received %sicast packet from %v", c.Name, want, got, f.src)
	}
	if c.OwnerIgnoreAdverts && in.owner() {
		return false
	}
	in.checkAddrs(f.src)
	return in.checkPeer(f)
}

// checkAddrs compares the addresses with ours. A difference is counted, and the
// advert is used all the same: otherwise both would be masters.
func (in *Instance) checkAddrs(src netip.Addr) {
	a := in.m.in.Addrs
	if slices.Equal(a, in.vips) || in.Conf.SkipCheckAdvAddr && src == in.master {
		return
	}
	if len(a) != len(in.vips) {
		in.Stats.Addrs++
		in.complain(badCount, "(%s) expected %d VIPs but received %d from %v", in.Conf.Name, len(in.vips), len(a), src)
		return
	}
	for _, ip := range in.vips {
		if !slices.Contains(a, ip) {
			in.Stats.Addrs++
			in.complain(badAddrs, "(%s) ip address associated with VRID %d not present in advert from %v: %v", in.Conf.Name, in.Conf.VRID, src, ip)
			return
		}
	}
}

// checkPeer is for unicast, where anybody can reach us.
func (in *Instance) checkPeer(f *frame) bool {
	c := in.Conf
	if !in.unicast() {
		return true
	}
	for i := range c.Peers {
		p := &c.Peers[i]
		if p.Addr != f.src {
			continue
		}
		low, high := p.MinTTL, p.MaxTTL
		if high == 0 {
			high = 255
		}
		if f.ttl >= 0 && (f.ttl < low || f.ttl > high) {
			in.Stats.TTL++
			return in.complain(badPeerTTL, "(%s) TTL/HL %d from %v not in range %d - %d", c.Name, f.ttl, f.src, low, high)
		}
		return true
	}
	if c.CheckUnicastSrc {
		in.Stats.Rejected++
		return in.complain(badSource, "(%s) unicast source address %v not a unicast peer", c.Name, f.src)
	}
	return true
}

// checkSum compares the checksum in each way that senders make it.
func (in *Instance) checkSum(f *frame, packet []byte) bool {
	c, got := in.Conf, in.m.in.Checksum
	switch {
	case c.V6:
		return vrrp.Sum{Src: f.src, Dst: f.dst}.Of(packet) == got
	case c.Version == 2:
		return vrrp.Sum{}.Of(packet) == got
	case c.ChecksumAsV2 || vrrp.Sum{Src: f.src, Dst: f.dst}.Of(packet) == got:
		return true
	case f.second || !in.unicast() || c.NeverOldChecksum || vrrp.Sum{Src: f.src, Dst: in.mcast}.Of(packet) != got:
		return false
	}
	if !in.sumOld[f.src] {
		in.log(Info, "(%s) Setting unicast VRRPv3 checksum to old version", c.Name)
		if in.sumOld == nil {
			in.sumOld = map[netip.Addr]bool{}
		}
		in.sumOld[f.src] = slices.ContainsFunc(c.Peers, func(p peer) bool { return p.Addr == f.src })
	}
	return true
}
