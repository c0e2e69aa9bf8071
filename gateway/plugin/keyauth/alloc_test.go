//go:build !race

package keyauth_test

import (
	"testing"

	"moongate/gateway/plugin/plugintest"
)

const conf = `gateway { store bolt:data/gateway.db; admin off; } keepalive_requests 1000000; server { listen SOCK; location / { gateway_pass; } }`

// Letting a key in costs no object more than letting everybody in.
func TestKeysAllocateNothing(t *testing.T) {
	g := plugintest.ServeConf(t, conf, plugintest.Whole, world(`{}`)...)
	plain := plugintest.ServeConf(t, conf, plugintest.Whole, plugintest.World()...)
	with, without := g.Allocs("/?a=b&apikey=bob%27s+key"), plain.Allocs("/?a=b&apikey=bob%27s+key")
	if with > without {
		t.Errorf("%v objects a request, %v without the plugin", with, without)
	}
}
