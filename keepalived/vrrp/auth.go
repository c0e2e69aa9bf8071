package vrrp

import (
	"encoding/binary"
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

type peer = config.Peer

// checkAuth is version 2's password or authentication header.
func (in *Instance) checkAuth(f *frame) bool {
	c, a, s := in.Conf, &in.m.in, &in.Stats
	if a.Auth != vrrp.NoAuth && a.Auth != vrrp.Password && a.Auth != vrrp.Header {
		s.AuthType++
		return in.complain(badAuthType, "(%s) Invalid auth type from %v: %d", c.Name, f.src, a.Auth)
	}
	if uint8(a.Auth) != uint8(c.Auth.Type) {
		s.AuthMismatch++
		return in.complain(badAuthType, "(%s) received a %d auth from %v, expecting %d!", c.Name, a.Auth, f.src, c.Auth.Type)
	}
	switch c.Auth.Type {
	case config.Pass:
		if a.Data != c.Auth.Data {
			s.AuthFailure++
			return in.complain(badPassword, "(%s) received an invalid passwd from %v!", c.Name, f.src)
		}
	case config.AH:
		return in.checkAH(f)
	}
	if f.hasAH && c.Auth.Type != config.AH {
		s.AuthMismatch++
		return in.complain(badAuthType, "(%s) Received AH header from %v but auth type not AH", c.Name, f.src)
	}
	return true
}

func (in *Instance) checkAH(f *frame) bool {
	c, s := in.Conf, &in.Stats
	if !f.hasAH {
		s.AuthMismatch++
		return in.complain(badAuthType, "(%s) No AH header from %v but auth type is AH", c.Name, f.src)
	}
	if vrrp.Sign(c.Auth.Data, f.all, !f.multicast) != f.ah.ICV {
		s.AuthFailure++
		return in.complain(badICV, "(%s) IPSEC-AH : invalid IPSEC HMAC-MD5 value from %v. Due to fields mutation or bad password !", c.Name, f.src)
	}
	if f.second {
		if int32(f.ah.Seq-in.second.seq) <= 0 && in.second.seq != 0 {
			s.AuthFailure++
			return false
		}
		in.second.seq = f.ah.Seq
		return true
	}
	// The number grows over all senders, so that nobody repeats what was heard. It
	// comes round in the end.
	if int32(f.ah.Seq-in.seq) <= 0 && in.seq != 0 {
		s.AuthFailure++
		if in.state == Master && f.ah.Seq == in.seq {
			in.seq += in.stride()
			f.inStep = true
		}
		return in.complain(badSequence, "(%s) IPSEC-AH : sequence number %d from %v already processed. Packet dropped. Local(%d)", c.Name, f.ah.Seq, f.src, in.seq)
	}
	in.seq = f.ah.Seq
	return true
}

// stride is by how much a master skips numbers when another has used the same:
// two in step would drop each other's adverts for ever. It differs between routers.
func (in *Instance) stride() uint32 {
	a := in.source.AsSlice()
	return uint32(in.eff)<<8 | uint32(a[len(a)-1])
}

// signer is auth_hmac at work.
type signer struct {
	conf   *config.HMAC
	v6     bool
	keys   map[uint8]*vrrp.Signer
	seen   map[netip.Addr]uint64 // the last stamp of each sender
	last   uint64                // ours
	window time.Duration
}

func newSigner(c *config.Instance) *signer {
	if c.HMAC == nil {
		return nil
	}
	s := &signer{conf: c.HMAC, v6: c.V6, keys: map[uint8]*vrrp.Signer{}, seen: map[netip.Addr]uint64{}, window: c.HMAC.Window}
	for id, key := range c.HMAC.Keys {
		s.keys[id] = vrrp.NewSigner(key)
	}
	if s.window == 0 {
		s.window = max(3*c.Interval, 5*time.Second)
	}
	return s
}

// sends tells whether our adverts have a trailer.
func (s *signer) sends() bool { return s != nil && s.conf.Mode != "receive-only" }

// append signs the advert packet of src. Its stamp is the time, counted on when
// two are sent in the same part of a second.
func (s *signer) append(dst []byte, now time.Time, src netip.Addr, packet []byte) []byte {
	key := s.keys[s.conf.Active]
	if key == nil {
		return dst
	}
	t := vrrp.Trailer{Key: s.conf.Active, Seconds: uint32(now.Unix()), Fraction: uint16(uint64(now.Nanosecond()) << 16 / 1e9)}
	stamp := stampOf(&t)
	if stamp <= s.last {
		stamp = s.last + 1
		t.Seconds, t.Fraction, t.Counter = uint32(stamp>>32), uint16(stamp>>16), uint16(stamp)
	}
	s.last = stamp
	key.Sign(&t, s.v6, src, packet)
	return t.Append(dst)
}

func stampOf(t *vrrp.Trailer) uint64 {
	return uint64(t.Seconds)<<32 | uint64(t.Fraction)<<16 | uint64(t.Counter)
}

// checkHMAC verifies the trailer. Adverts without one pass while keys are rolled out.
func (in *Instance) checkHMAC(now time.Time, f *frame, rest []byte) bool {
	s, name := in.sign, in.Conf.Name
	t, ok := vrrp.ParseTrailer(rest)
	if !ok {
		if s.conf.Mode == "permissive" || s.conf.Mode == "receive-only" {
			return true
		}
		return in.complain(badHMAC, "(%s) no HMAC trailer in advert from %v", name, f.src)
	}
	key := s.keys[t.Key]
	if key == nil {
		return in.complain(badHMAC, "(%s) unknown HMAC key id %d in advert from %v", name, t.Key, f.src)
	}
	if !key.Verify(&t, s.v6, f.src, f.body[:len(f.body)-len(rest)]) {
		return in.complain(badHMAC, "(%s) invalid HMAC in advert from %v", name, f.src)
	}
	if !s.conf.Monotonic {
		if off := now.Sub(time.Unix(int64(t.Seconds), 0)); off > s.window+time.Second || off < -s.window {
			return in.complain(badHMAC, "(%s) HMAC time stamp of advert from %v is %v off", name, f.src, off.Round(time.Millisecond))
		}
	}
	stamp := stampOf(&t)
	if stamp <= s.seen[f.src] {
		return in.complain(badHMAC, "(%s) advert from %v repeats an HMAC time stamp", name, f.src)
	}
	s.seen[f.src] = stamp
	return true
}

// signAH fills the authentication header, for which there is room behind the IP
// header.
func (in *Instance) signAH(p []byte, unicast bool) {
	h := vrrp.AH{SPI: binary.BigEndian.Uint32(p[12:]), Seq: in.seq}
	h.Append(p[:ipv4Size])
	h.ICV = vrrp.Sign(in.Conf.Auth.Data, p, unicast)
	h.Append(p[:ipv4Size])
}
