//go:build !race

package proxycache_test

import (
	"testing"

	"moongate/gateway/plugin/plugintest"
)

const conf = `gateway { store bolt:data/gateway.db; admin off; } keepalive_requests 1000000; server { listen SOCK; location / { gateway_pass; } }`

// A hit needs no memory of its own and no service.
func TestAllocs(t *testing.T) {
	for _, c := range []struct{ conf, config string }{{conf, `{"strategy":"memory"}`}, {zoneConf, `{"strategy":"disk","disk":{"zone":"one"}}`}} {
		s := &service{}
		g := plugintest.ServeConf(t, c.conf, s.answer, plugintest.World(plugintest.Plugin("proxy-cache", c.config))...)
		get(g, "/?size=100")
		get(g, "/?size=30000")
		small, large := g.Allocs("/?size=100"), g.Allocs("/?size=30000")
		if small > 1 || large > 1 || s.asked.Load() != 2 {
			t.Errorf("%s: a hit makes %v objects, a longer one %v; the service was asked %d times", c.config, small, large, s.asked.Load())
		}
	}
}
