package sched

import "slices"

// least is lc, wlc, sed and nq: the server whose connections cost the least for
// its weight. Of equals the first one in the list is taken.
type least struct {
	list  []*Server
	cost  func(*Server) int64
	plain bool // lc: the weight counts only as being there
	idle  bool // nq: a server that has nothing to do comes first
}

func (l *least) Update(list []*Server) { l.list = slices.Clone(list) }

func (l *least) Pick(Client) *Server {
	return l.pick(l.list)
}

func (l *least) pick(list []*Server) *Server {
	var best *Server
	for _, s := range list {
		if !s.usable() {
			continue
		}
		if l.idle && s.Active == 0 {
			return s
		}
		if best == nil || l.less(s, best) {
			best = s
		}
	}
	return best
}

func (l *least) less(a, b *Server) bool {
	if l.plain {
		return l.cost(a) < l.cost(b)
	}
	return l.cost(a)*int64(b.Weight) < l.cost(b)*int64(a.Weight)
}

// expected is the shortest expected delay: what there would be to do with the new
// connection. Closing ones don't count.
func expected(s *Server) int64 { return int64(s.Active) + 1 }

// leastWeighted is what lblc and lblcr fall back on.
var leastWeighted = least{cost: (*Server).overhead}
