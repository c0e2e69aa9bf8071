package sched

import "net/netip"

// Server is a real server as the schedulers see it. Weight, Upper and Lower
// change only through Set, the counts only through Open, Idle, Busy and Shut.
type Server struct {
	Addr         netip.AddrPort
	Weight       int
	Upper, Lower uint32 // overloaded from Upper connections until fewer than Lower, or than three quarters
	Active       int    // connections that are being made or established
	Inactive     int    // those that are being closed, or were

	over, gone bool
}

// Set gives the server new settings. A limit that was raised or taken away lifts
// the overload at once.
func (s *Server) Set(weight int, upper, lower uint32) {
	if upper == 0 || upper > s.Upper {
		s.over = false
	}
	s.Weight, s.Upper, s.Lower = weight, upper, lower
}

// Overloaded says whether the server had its upper number of connections and
// hasn't come down to the lower one since.
func (s *Server) Overloaded() bool { return s.over }

// Gone says whether Drop was called.
func (s *Server) Gone() bool { return s.gone }

// Drop marks a server that is no longer in the list; Back one that is again.
func (s *Server) Drop() { s.gone = true }

// Back undoes Drop.
func (s *Server) Back() { s.gone = false }

// Open counts a new connection, which is active.
func (s *Server) Open() {
	s.Active++
	if s.Upper != 0 && s.Active+s.Inactive >= int(s.Upper) {
		s.over = true
	}
}

// Idle moves a connection to the inactive ones: one side has closed it.
func (s *Server) Idle() { s.Active--; s.Inactive++ }

// Busy moves one back.
func (s *Server) Busy() { s.Active++; s.Inactive-- }

// Shut forgets a connection, which was active or not.
func (s *Server) Shut(active bool) {
	if active {
		s.Active--
	} else {
		s.Inactive--
	}
	total := s.Active + s.Inactive
	switch {
	case s.Lower != 0:
		if total < int(s.Lower) {
			s.over = false
		}
	case s.Upper != 0:
		if total*4 < int(s.Upper)*3 {
			s.over = false
		}
	default:
		s.over = false
	}
}

// usable is what most schedulers ask of a server before they compare it.
func (s *Server) usable() bool { return !s.over && s.Weight > 0 }

// overhead weighs connections as lc and its like do: a closing one costs 1, an
// active one 256.
func (s *Server) overhead() int64 { return int64(s.Active)<<8 + int64(s.Inactive) }

// Order gives the list that follows old when the servers of now are there:
// those that stay keep their place, new ones go to the head one by one.
func Order[T comparable](old, now []T) []T {
	stays := make(map[T]bool, len(now))
	for _, s := range now {
		stays[s] = true
	}
	list := make([]T, 0, len(now))
	had := make(map[T]bool, len(old))
	for _, s := range old {
		if stays[s] {
			had[s] = true
		}
	}
	for i := len(now) - 1; i >= 0; i-- {
		if !had[now[i]] {
			list = append(list, now[i])
		}
	}
	for _, s := range old {
		if stays[s] {
			list = append(list, s)
		}
	}
	return list
}
