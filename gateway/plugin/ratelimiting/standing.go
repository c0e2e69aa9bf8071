package ratelimiting

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// count is what a configuration counts.
func (c *config) count() (*limits, error) {
	how, ok := map[string]strategy{"fixed": fixed, "sliding": sliding, "gcra": gcra}[c.Strategy]
	if !ok {
		return nil, fmt.Errorf("unknown strategy %q", c.Strategy)
	}
	return newLimits(how, [units]float64{c.Second, c.Minute, c.Hour, c.Day, c.Month, c.Year}, c.Burst), nil
}

// prefix begins the keys of a configuration. What is counted in another way, or in other
// windows, is another count.
func (l *limits) prefix(id, strategy string) string {
	s := "rate-limiting:" + id + ":" + strategy
	for _, w := range l.windows {
		s += ":" + keys[w.unit]
	}
	return s + ":"
}

// Standing is how one who is limited stands by one window.
type Standing struct {
	Window                 string
	Limit, Used, Remaining int64
	Reset                  int64 // seconds
}

// Standings tells of a configuration's counts in memory that all workers share.
type Standings struct {
	prefix string
	limits *limits
}

// NewStandings reads a configuration; nil where its counts are elsewhere.
func NewStandings(id string, raw json.RawMessage) (*Standings, error) {
	var c config
	if err := json.Unmarshal(raw, &c); err != nil || c.Policy != "local" {
		return nil, err
	}
	l, err := c.count()
	if err != nil {
		return nil, err
	}
	return &Standings{l.prefix(id, c.Strategy), l}, nil
}

// Identifier is who a key is about; false if it is none of the configuration's.
func (s *Standings) Identifier(key string) (string, bool) { return strings.CutPrefix(key, s.prefix) }

// Read tells what a count says now, in microseconds since 1970.
func (s *Standings) Read(mem []byte, now int64) (list []Standing) {
	if len(mem) != s.limits.size() {
		return nil
	}
	mem = slices.Clone(mem) // looking brings it up to date
	for i := range s.limits.windows {
		w, part := &s.limits.windows[i], state(mem[i*stateSize:])
		most := w.limit
		if s.limits.how == gcra {
			most = w.burst
		}
		left := int64(max(0, math.Floor(w.look(s.limits.how, part, now)+slack)))
		reset, _ := w.times(s.limits.how, part, now)
		list = append(list, Standing{Window: keys[w.unit], Limit: int64(w.limit), Used: int64(most) - left, Remaining: left, Reset: reset})
	}
	return list
}
