package sched

import "slices"

// roundRobin takes one after the other, past those without weight or overloaded.
type roundRobin struct {
	list []*Server
	last int // -1: the head of the list
	init bool
}

func (r *roundRobin) Update(list []*Server) {
	last := -1
	if r.init && r.last >= 0 {
		last = place(r.list, list, r.last)
	}
	r.list, r.last, r.init = slices.Clone(list), last, true
}

// place finds the server at i of old in list; when it has left, the one before it.
func place(old, list []*Server, i int) int {
	for ; i >= 0; i-- {
		if at := slices.Index(list, old[i]); at >= 0 {
			return at
		}
	}
	return -1
}

func (r *roundRobin) Pick(Client) *Server {
	for n := range r.list {
		i := (r.last + 1 + n) % len(r.list)
		if r.list[i].usable() {
			r.last = i
			return r.list[i]
		}
	}
	return nil
}

// weighted is wrr: rounds from the highest weight down in steps of the greatest
// common divisor; in each round those take part whose weight reaches it. Weights
// 4, 3 and 2 give A A B A B C A B C.
type weighted struct {
	list             []*Server
	at               int // the server that was taken last; -1: the head of the list
	round, top, step int
}

func (w *weighted) Update(list []*Server) {
	w.list, w.at = slices.Clone(list), -1
	heaviest := 0
	w.step = 0
	for _, s := range list {
		heaviest = max(heaviest, s.Weight)
		if s.Weight > 0 {
			w.step = gcd(w.step, s.Weight)
		}
	}
	w.step = max(w.step, 1)
	w.top = heaviest - (w.step - 1)
	if heaviest == 0 {
		w.top = 0
	}
	if w.round > w.top || w.round == 0 {
		w.round = w.top
	} else if w.step > 1 {
		w.round = w.round/w.step*w.step + 1
	}
}

func (w *weighted) Pick(Client) *Server {
	if w.top == 0 {
		return nil
	}
	// Every round once, and the first one's beginning again.
	for range (w.top-1)/w.step + 2 {
		for i := w.at + 1; i < len(w.list); i++ {
			if s := w.list[i]; !s.over && s.Weight >= w.round {
				w.at = i
				return s
			}
		}
		w.at = -1
		if w.round -= w.step; w.round <= 0 {
			w.round = w.top
		}
	}
	return nil
}

// Cycle is one whole turn of wrr through the list, at most limit long: weights
// that would make it longer are halved until they don't, none of them to nothing.
func Cycle(weights []int, limit int) []int {
	w := slices.Clone(weights)
	for {
		step, sum, heaviest := 0, 0, 0
		for _, x := range w {
			if x > 0 {
				step = gcd(step, x)
				sum += x
				heaviest = max(heaviest, x)
			}
		}
		if sum == 0 {
			return nil
		}
		if sum/step > limit && heaviest > 1 {
			for i, x := range w {
				if x > 0 {
					w[i] = max(x/2, 1)
				}
			}
			continue
		}
		cycle := make([]int, 0, sum/step)
		for round := heaviest; round > 0; round -= step {
			for i, x := range w {
				if x >= round && x > 0 && len(cycle) < limit {
					cycle = append(cycle, i)
				}
			}
		}
		return cycle
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
