package vrrp

import (
	"encoding/binary"

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

// signAH fills the authentication header, for which there is room behind the IP
// header.
func (in *Instance) signAH(p []byte, unicast bool) {
	h := vrrp.AH{SPI: binary.BigEndian.Uint32(p[12:]), Seq: in.seq}
	h.Append(p[:ipv4Size])
	h.ICV = vrrp.Sign(in.Conf.Auth.Data, p, unicast)
	h.Append(p[:ipv4Size])
}
