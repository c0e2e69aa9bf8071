package ratelimiting

import (
	"encoding/json"
	"testing"
)

// What is told of a count is what a request would be told, and telling changes nothing.
func TestStandings(t *testing.T) {
	const now = 1_700_000_010_000_000
	for strategy, used := range map[string]int64{"fixed": 2, "sliding": 2, "gcra": 2} {
		raw := json.RawMessage(`{"minute":5,"hour":100,"policy":"local","strategy":"` + strategy + `"}`)
		s, err := NewStandings("p", raw)
		if err != nil {
			t.Fatal(err)
		}
		mem, v := make([]byte, s.limits.size()), verdict{}
		s.limits.take(mem, now, &v)
		s.limits.take(mem, now, &v)
		for range 2 {
			list := s.Read(mem, now)
			if len(list) != 2 || list[0] != (Standing{"minute", 5, used, 3, v.reset[0]}) || list[1].Window != "hour" || list[1].Remaining != 98 {
				t.Errorf("%s: %+v", strategy, list)
			}
		}
		if list := s.Read(mem, now+3600e6); list[0].Used != 0 || list[0].Remaining != 5 {
			t.Errorf("%s, an hour later: %+v", strategy, list)
		}
		if s.Read(mem[1:], now) != nil {
			t.Error("another count is read")
		}
		if who, ok := s.Identifier("rate-limiting:p:" + strategy + ":minute:hour:10.0.0.1"); !ok || who != "10.0.0.1" {
			t.Errorf("%q %v", who, ok)
		}
		if _, ok := s.Identifier("rate-limiting:p:" + strategy + ":minute:10.0.0.1"); ok {
			t.Error("a count of other windows is taken for its own")
		}
	}
	if s, err := NewStandings("p", json.RawMessage(`{"policy":"redis","minute":1}`)); s != nil || err != nil {
		t.Error(s, err)
	}
	if _, err := NewStandings("p", json.RawMessage(`{"policy":"local","strategy":"x"}`)); err == nil {
		t.Error("there is no such strategy")
	}
}
