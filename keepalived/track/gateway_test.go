package track

import (
	"testing"

	"moongate/core/cycle"
	"moongate/keepalived/config"
)

func TestJudgeGateway(t *testing.T) {
	for _, c := range []struct {
		conf config.Gateway
		life cycle.Life
		want string
	}{
		{config.Gateway{Workers: 1}, cycle.Life{Workers: 1}, ""},
		{config.Gateway{Workers: 1}, cycle.Life{}, "0 of 1 workers answer"},
		{config.Gateway{Workers: 4}, cycle.Life{Workers: 3}, "3 of 4 workers answer"},
		{config.Gateway{}, cycle.Life{}, ""},
		{config.Gateway{Upstreams: 50}, cycle.Life{Usable: 1, Peers: 2}, ""},
		{config.Gateway{Upstreams: 51}, cycle.Life{Usable: 1, Peers: 2}, "50% of the upstream peers can be used, 51% are wanted"},
		{config.Gateway{Upstreams: 100}, cycle.Life{}, ""}, // no upstream at all
		{config.Gateway{}, cycle.Life{Peers: 2}, ""},
	} {
		if got := judge(&c.conf, c.life); got != c.want {
			t.Errorf("%+v of %+v: %q", c.life, c.conf, got)
		}
	}
}
