package bfd

import (
	"time"

	wire "moongate/edge/wire/bfd"
)

// Receive takes a packet that was found to be the session's (section 6.8.6).
func (s *Session) Receive(now time.Time, p *wire.Packet) {
	if s.state == wire.AdminDown {
		return
	}
	s.yours, s.remote = p.Mine, p.State
	s.remoteMinTx, s.remoteMinRx, s.remoteMult = p.MinTx, p.MinRx, p.Multiplier
	if s.polling && p.Flags&wire.Final != 0 {
		s.polling = false
	}
	s.heard = now
	s.extend()
	s.follow(p)
	if p.Flags&wire.Poll != 0 {
		s.transmit(now, wire.Final)
	}
	s.schedule()
}

// extend moves the detection time, and says so when it has another length.
func (s *Session) extend() {
	if s.heard.IsZero() || s.remoteMult == 0 {
		return
	}
	d := s.detection()
	s.expires = s.heard.Add(d)
	if d == s.detect {
		return
	}
	tx := func(min, rx time.Duration) int64 { return max(min, rx).Microseconds() }
	s.w.Log(true, "(%s) ---------------< Session parameters >--------------", s.Conf.Name)
	s.w.Log(true, "              min_tx  min_rx  tx_intv  mult  detect_time")
	local := tx(s.desiredMinTx, s.remoteMinRx)
	s.w.Log(true, "     local %9d %7d %8d %5d %12d", s.desiredMinTx.Microseconds(), s.Conf.MinRX.Microseconds(), local, s.Conf.Multiplier, d.Microseconds())
	remote := tx(s.remoteMinTx, s.Conf.MinRX)
	s.w.Log(true, "     remote%9d %7d %8d %5d %12d", s.remoteMinTx.Microseconds(), s.remoteMinRx.Microseconds(), remote, s.remoteMult, int64(s.Conf.Multiplier)*local)
	s.w.Log(false, "     Detection time is %d us (was %d us)", d.Microseconds(), s.detect.Microseconds())
	s.detect = d
}

// follow is the state machine of section 6.2.
func (s *Session) follow(p *wire.Packet) {
	switch {
	case p.State == wire.AdminDown:
		if s.state != wire.Down {
			s.downBy(wire.NeighborDown, p)
		}
	case s.state == wire.Down && p.State == wire.Down:
		s.state, s.diag = wire.Init, wire.NoDiag
	case s.state == wire.Down && p.State == wire.Init, s.state == wire.Init && (p.State == wire.Init || p.State == wire.Up):
		s.up()
	case s.state == wire.Up && p.State == wire.Down:
		s.downBy(wire.NeighborDown, p)
	}
}

func (s *Session) up() {
	s.state, s.diag = wire.Up, wire.NoDiag
	s.w.Log(false, "(%s) Entering Up state", s.Conf.Name)
	if s.desiredMinTx != s.Conf.MinTX {
		s.desiredMinTx = s.Conf.MinTX
		s.poll()
	}
	s.w.Changed(s, true)
}

// poll has the other end confirm new times (section 6.5).
func (s *Session) poll() {
	if !s.polling {
		s.polling = true
		s.w.Log(true, "(%s) Starting poll sequence", s.Conf.Name)
	}
}

func (s *Session) down(why wire.Diag) { s.downBy(why, &wire.Packet{}) }

// downBy takes the session down because of a packet.
func (s *Session) downBy(why wire.Diag, p *wire.Packet) {
	was := s.state
	s.state, s.diag, s.polling = wire.Down, why, false
	s.desiredMinTx = s.idle()
	if was == wire.Up {
		s.w.Log(false, "(%s) Entering Down state (Local diagnostic - %v, Remote diagnostic - %v)", s.Conf.Name, why, p.Diag)
		s.w.Changed(s, false)
	}
}
