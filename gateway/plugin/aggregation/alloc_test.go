//go:build !race

package aggregation_test

import (
	"testing"

	"moongate/gateway/plugin/plugintest"
)

const conf = `gateway { store bolt:data/gateway.db; admin off; } keepalive_requests 1000000; server { listen SOCK; location / { gateway_pass; } }`

// Two parts, one behind the other, stay below a budget; most of it is theirs: two
// subrequests, two timers, the headers that services are told.
func TestAllocs(t *testing.T) {
	sick.Store(0)
	g := plugintest.ServeConf(t, conf, services, with(`{"parts":[{"name":"user","service":"users"},{"name":"o","service":"users","query":{"x":"$(answers.user.id)"}}]}`)...)
	n := g.Allocs("/")
	if n > 90 {
		t.Errorf("%v objects", n)
	}
	t.Logf("%v objects", n)
}
