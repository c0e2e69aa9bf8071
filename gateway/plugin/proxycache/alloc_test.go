//go:build !race

package proxycache_test

import (
	"testing"

	"moongate/gateway/plugin/plugintest"
)

const conf = `gateway { store bolt:data/gateway.db; admin off; } keepalive_requests 1000000; server { listen SOCK; location / { gateway_pass; } }`

// A hit needs no memory of its own and no service.
func TestAllocs(t *testing.T) {
	s := &service{}
	g := plugintest.ServeConf(t, conf, s.answer, plugintest.World(plugintest.Plugin("proxy-cache", `{"strategy":"memory"}`))...)
	get(g, "/?size=100")
	get(g, "/?size=30000")
	small, large := g.Allocs("/?size=100"), g.Allocs("/?size=30000")
	if small > 1 || large > 1 || s.asked.Load() != 2 {
		t.Errorf("a hit makes %v objects, a longer one %v; the service was asked %d times", small, large, s.asked.Load())
	}
}
