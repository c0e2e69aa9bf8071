package sched

import "slices"

// failover is fo: the highest weight that is not overloaded takes all.
type failover struct{ list []*Server }

func (f *failover) Update(list []*Server) { f.list = slices.Clone(list) }

func (f *failover) Pick(Client) *Server {
	return highest(f.list, func(s *Server) bool { return true })
}

// overflow is ovf: the highest weight takes all until it has more active
// connections than weight, then the next.
type overflow struct{ list []*Server }

func (o *overflow) Update(list []*Server) { o.list = slices.Clone(list) }

func (o *overflow) Pick(Client) *Server {
	return highest(o.list, func(s *Server) bool { return s.Active <= s.Weight })
}

func highest(list []*Server, can func(*Server) bool) *Server {
	var best *Server
	for _, s := range list {
		if s.usable() && can(s) && (best == nil || s.Weight > best.Weight) {
			best = s
		}
	}
	return best
}

// twos draws two servers at random, by weight, and takes the one that has less to
// do for its weight.
type twos struct {
	list   []*Server
	random func(below int) int
}

func (t *twos) Update(list []*Server) { t.list = slices.Clone(list) }

func (t *twos) Pick(Client) *Server {
	total := 0
	for _, s := range t.list {
		if s.usable() {
			total += s.Weight
		}
	}
	if total == 0 {
		return nil
	}
	a, b := t.draw(t.random(total+1)), t.draw(t.random(total+1))
	if int64(b.Weight)*a.overhead() > int64(a.Weight)*b.overhead() {
		return b
	}
	return a
}

// draw finds whose the mark is when weights are laid end to end.
func (t *twos) draw(mark int) *Server {
	var s *Server
	for _, s = range t.list {
		if s.usable() {
			if mark -= s.Weight; mark <= 0 {
				break
			}
		}
	}
	return s
}
