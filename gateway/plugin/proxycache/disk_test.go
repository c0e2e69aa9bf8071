package proxycache_test

import "testing"

// strategy is the store of the test that runs.
var strategy = "memory"

// What holds in memory holds on disk.
func TestOnDisk(t *testing.T) {
	strategy = "disk"
	defer func() { strategy = "memory" }()
	for _, c := range []struct {
		name string
		run  func(*testing.T)
	}{{"serves", TestServes}, {"hit", TestHit}, {"others' headers", TestOthersHeaders}, {"by consumer", TestByConsumer}, {"head", TestHead}, {"collapse", TestCollapse},
		{"no wait", TestNoWait}, {"client gone", TestClientGone}} {
		t.Run(c.name, c.run)
	}
}
