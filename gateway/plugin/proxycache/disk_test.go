package proxycache_test

import "testing"

// strategy is the store of the test that runs.
var strategy = "memory"

// zoneConf has a zone of the server's.
const zoneConf = `gateway { store bolt:data/gateway.db; admin off; } keepalive_requests 1000000; cache_zone DIR/files levels=1:2 keys_zone=one:1m; server { listen SOCK; location / { gateway_pass; } }`

// What holds in memory holds on disk, and in a zone of the server.
func TestOnDisk(t *testing.T) { holdsIn(t, "disk") }
func TestInZone(t *testing.T) { holdsIn(t, "zone") }

func holdsIn(t *testing.T, store string) {
	strategy = store
	defer func() { strategy = "memory" }()
	for _, c := range []struct {
		name string
		run  func(*testing.T)
	}{{"serves", TestServes}, {"hit", TestHit}, {"others' headers", TestOthersHeaders}, {"by consumer", TestByConsumer}, {"head", TestHead}, {"collapse", TestCollapse},
		{"no wait", TestNoWait}, {"client gone", TestClientGone}} {
		t.Run(c.name, c.run)
	}
}
