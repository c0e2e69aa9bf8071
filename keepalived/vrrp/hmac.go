package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// signer is auth_hmac at work: draft-cassen-vrrp-auth-hmac, as keepalived 2.4.3 speaks it.
type signer struct {
	conf   *config.HMAC
	v6     bool
	keys   map[uint8]*vrrp.Signer
	seen   map[netip.Addr]uint64 // the last stamp of each sender
	last   uint64                // ours
	window int64                 // seconds that clocks may differ
}

// newSigner makes the signer of an instance. What was heard and sent under an older
// configuration still counts, or it could be played again.
func newSigner(c *config.Instance, old *signer) *signer {
	if c.HMAC == nil {
		return nil
	}
	s := &signer{conf: c.HMAC, v6: c.V6, keys: map[uint8]*vrrp.Signer{}, seen: map[netip.Addr]uint64{}}
	if old != nil {
		s.seen, s.last = old.seen, old.last
	}
	for id, key := range c.HMAC.Keys {
		s.keys[id] = vrrp.NewSigner(key)
	}
	window := c.HMAC.Window
	if window == 0 {
		window = max(3*c.Interval, 5*time.Second)
	}
	s.window = int64((window + time.Second - 1) / time.Second)
	return s
}

// sends tells whether our adverts have a trailer.
func (s *signer) sends() bool { return s != nil && s.conf.Mode != "receive-only" }

// begin stamps the next advert, all copies of which are the same. The stamp is the time,
// counted on when two are sent in the same part of a second. A clock that was far
// ahead, and is put right, may not leave us where nobody takes our adverts.
func (s *signer) begin(now time.Time) {
	if s == nil {
		return
	}
	stamp := uint64(now.Unix())<<32 | uint64(now.Nanosecond())<<16/1e9<<16
	if int64(stamp-s.last) <= 0 && s.last != 0 && (s.conf.Monotonic || s.near(now, s.last)) {
		stamp = s.last + 1
	}
	s.last = stamp
}

// append signs the advert packet of src.
func (s *signer) append(dst []byte, src netip.Addr, packet []byte) []byte {
	t := vrrp.Trailer{Key: s.conf.Active, Seconds: uint32(s.last >> 32), Fraction: uint16(s.last >> 16), Counter: uint16(s.last)}
	s.keys[t.Key].Sign(&t, s.v6, src, packet)
	return t.Append(dst)
}

// skew is by how many seconds a stamp is behind the clock. Seconds come round in the end.
func skew(now time.Time, stamp uint64) int64 {
	return int64(int32(uint32(now.Unix()) - uint32(stamp>>32)))
}

func (s *signer) near(now time.Time, stamp uint64) bool {
	d := skew(now, stamp)
	return d >= -s.window && d <= s.window
}

// checkHMAC verifies the trailer. Adverts without one pass while keys are rolled out. The
// clock is asked first, since it costs nothing.
func (in *Instance) checkHMAC(now time.Time, f *frame, rest []byte) bool {
	s, name := in.sign, in.Conf.Name
	if len(rest) != vrrp.TrailerSize {
		return s.conf.Mode != "enforce" || in.complain(noHMAC, "(%s) missing authentication trailer from %v", name, f.src)
	}
	t, ok := vrrp.ParseTrailer(rest)
	if !ok {
		return in.complain(badTrailer, "(%s) malformed authentication trailer from %v", name, f.src)
	}
	key := s.keys[t.Key]
	if key == nil {
		return in.complain(badKey, "(%s) unknown authentication key id %d from %v", name, t.Key, f.src)
	}
	stamp := uint64(t.Seconds)<<32 | uint64(t.Fraction)<<16 | uint64(t.Counter)
	off := skew(now, stamp)
	if !s.conf.Monotonic && !s.near(now, stamp) {
		return in.complain(badStamp, "(%s) stale authentication trailer from %v, clock skew %d sec exceeds window %d sec", name, f.src, off, s.window)
	}
	if !key.Verify(&t, s.v6, f.src, f.body[:len(f.body)-len(rest)]) {
		return in.complain(badHMAC, "(%s) invalid authentication HMAC from %v", name, f.src)
	}
	// A sender whose clock was ahead and is put right again is heard as soon as
	// what it said before is out of the window.
	mark, heard := s.seen[f.src]
	if heard && int64(stamp-mark) <= 0 && (s.conf.Monotonic || s.near(now, mark)) {
		return in.complain(badReplay, "(%s) replayed authentication trailer from %v", name, f.src)
	}
	s.seen[f.src] = stamp
	if !s.conf.Monotonic && max(off, -off) > s.window/2 {
		in.complain(farClock, "(%s) authentication clock skew %d sec from %v approaching window %d sec", name, off, f.src, s.window)
	}
	return true
}
