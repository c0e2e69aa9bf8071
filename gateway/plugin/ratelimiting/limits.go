package ratelimiting

import (
	"encoding/binary"
	"math"
	"time"
)

// strategy is how requests are counted.
type strategy uint8

const (
	fixed   strategy = iota // in windows that begin with the second, minute, ...
	sliding                 // in windows that end now: the last window counts in part
	gcra                    // by an even rate, with bursts
)

// window is one limit: so many requests in so long. Times are microseconds.
type window struct {
	unit   unit
	limit  float64
	burst  float64 // of gcra: how many may come at once
	length float64
}

// unit is second..year.
type unit uint8

const units = 6

// names are as in headers, keys as in configurations.
var (
	names = [units]string{"Second", "Minute", "Hour", "Day", "Month", "Year"}
	keys  = [units]string{"second", "minute", "hour", "day", "month", "year"}
	// seconds is Kong's idea of how long they are.
	seconds = [units]int64{1, 60, 3600, 86400, 2592000, 31536000}
)

// begin is when the window of the calendar that a time lies in has begun.
func (u unit) begin(now int64) int64 {
	if u <= 3 {
		return now - now%(seconds[u]*1e6)
	}
	t := time.UnixMicro(now).UTC()
	month := t.Month()
	if keys[u] == "year" {
		month = time.January
	}
	return time.Date(t.Year(), month, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
}

// limits are the windows that a request must pass, all of them.
type limits struct {
	how     strategy
	windows []window
	ttl     int64 // milliseconds that a count must be kept
}

func newLimits(how strategy, of [units]float64, burst float64) *limits {
	l := &limits{how: how}
	for u, limit := range of {
		if limit <= 0 {
			continue
		}
		w := window{unit: unit(u), limit: math.Ceil(limit), length: float64(seconds[u] * 1e6)}
		if w.burst = w.limit; burst > 0 {
			w.burst = burst
		}
		l.windows = append(l.windows, w)
		ttl := seconds[u] * 1000
		switch {
		case how == gcra:
			ttl = int64(w.burst*w.length/w.limit/1000) + 1000
		case how == sliding:
			ttl *= 2
		case u > 3:
			ttl += 2 * 86400 * 1000 // months of 31 days, years of 366
		}
		l.ttl = max(l.ttl, ttl)
	}
	return l
}

// A window's state is two or three numbers of 8 bytes: for fixed and sliding the
// window's beginning, its count and that of the one before; for gcra the time and the
// backlog then, in units of which a request is worth length and that drain by limit in a
// microsecond: so all of them are whole numbers.
const stateSize = 24

func (l *limits) size() int { return stateSize * len(l.windows) }

type state []byte

func (s state) get(i int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(s[8*i:]))
}

func (s state) set(i int, v float64) {
	binary.LittleEndian.PutUint64(s[8*i:], math.Float64bits(v))
}

// verdict is what became of a request: whether it may pass, and for each window how many
// more may, the seconds until all is forgotten, and until one would fit that does not now.
type verdict struct {
	allowed                 bool
	remaining, reset, after [units]int64
}

// slack makes up for what is lost when large numbers are divided.
const slack = 1e-9

// take counts a request if all windows have room for it. What is in mem is a state for
// each window; redis.go has the same in Lua.
func (l *limits) take(mem []byte, now int64, v *verdict) {
	v.allowed = true
	for i := range l.windows {
		w := &l.windows[i]
		room := w.look(l.how, mem[i*stateSize:], now)
		v.remaining[i] = max(int64(math.Floor(room+slack)), 0)
		if v.remaining[i] < 1 {
			v.allowed = false
		}
	}
	for i := range l.windows {
		w, s := &l.windows[i], state(mem[i*stateSize:])
		if v.allowed {
			v.remaining[i]--
			if l.how == gcra {
				s.set(1, s.get(1)+w.length)
			} else {
				s.set(1, s.get(1)+1)
			}
		}
		v.reset[i], v.after[i] = w.times(l.how, s, now)
	}
}

// look brings a window's state to now and gives how many requests it has room for.
func (w *window) look(how strategy, s state, now int64) float64 {
	if how == gcra {
		last, backlog := s.get(0), s.get(1)
		if t := float64(now); t > last {
			backlog = max(0, backlog-(t-last)*w.limit)
			s.set(0, t)
			s.set(1, backlog)
		}
		return w.burst - backlog/w.length
	}
	start := float64(w.unit.begin(now))
	if how == sliding {
		start = float64(now - now%int64(w.length))
	}
	if was := s.get(0); was != start {
		before := 0.0
		if was == start-w.length {
			before = s.get(1)
		}
		s.set(0, start)
		s.set(1, 0)
		s.set(2, before)
	}
	if how == sliding {
		return w.limit - s.get(1) - s.get(2)*(1-(float64(now)-start)/w.length)
	}
	return w.limit - s.get(1)
}

// times are the seconds until all is forgotten and until a request fits, both rounded up.
func (w *window) times(how strategy, s state, now int64) (reset, after int64) {
	at := float64(now) - s.get(0)
	switch how {
	case gcra:
		backlog := s.get(1)
		return ceil(backlog / w.limit), ceil((backlog - (w.burst-1)*w.length) / w.limit)
	case sliding:
		left, count, before := w.length-at, s.get(1), s.get(2)
		if count+1 <= w.limit {
			if before == 0 {
				return ceil(left), 1
			}
			return ceil(left), ceil(w.length*(1-(w.limit-count-1)/before) - at)
		}
		return ceil(left), ceil(left + w.length*max(0, 1-(w.limit-1)/max(count, 1)))
	}
	left := max(1, seconds[w.unit]-int64(at/1e6))
	return left, left
}

func ceil(micro float64) int64 { return max(1, int64(math.Ceil(micro/1e6-slack))) }
