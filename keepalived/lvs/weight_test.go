package lvs

import (
	"testing"
	"time"

	"moongate/keepalived/config"
)

// A weight that was set holds, with what checkers add, until a reload.
func TestSetWeight(t *testing.T) {
	one, two := real(1, 3), real(2, 1)
	cfg := &config.Config{Servers: []*config.Server{server("10.9.0.1:80", one, two)}}
	tell := new(transcript)
	s := New(cfg, allUp, tell)
	to := func(n int) func(*State) { return func(s *State) { s.SetWeight(s.Virtuals()[0].Reals[0], n) } }
	play(t, tell, s, []step{
		{to(9), "Changing weight from 3 to 9 for active service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80", "1=9 2=1"},
		{func(s *State) { s.Weigh(one.Checkers[0], -4) }, "Changing weight from 9 to 5 for active service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80", "1=5 2=1"},
		{to(0), "Changing weight from 5 to 0 for active service [127.0.0.1]:tcp:1 of VS [10.9.0.1]:tcp:80", "1=0 2=1"},
	})
	s.Reload(cfg, allUp, time.Unix(1000, 0))
	if got := dests(s); got != "1=3 2=1" {
		t.Errorf("after a reload the plane has %q", got)
	}
}
