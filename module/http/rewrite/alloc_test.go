//go:build !race

package rewrite_test

import "testing"

func TestRequestsAllocateNothing(t *testing.T) {
	g := engine.Serve(t, `keepalive_requests 1000000; server { listen SOCK; error_log error.log;
		location /text { return 200 "hello world"; }
		location /vars { return 200 "$uri $args"; }
		location /r/ { rewrite ^/r/(.*)$ /text?x=$1 last; }
		location /if { set $a "$uri-"; if ($arg_q ~ ^(.)) { set $a $1; } if ($a != x) { return 200 "yes"; } }
	}`)
	for _, uri := range []string{"/text", "/vars?a=b", "/r/abc?d", "/if?q=z", "/if"} {
		if n := g.Allocs(uri); n > 0.05 {
			t.Errorf("%s: %v allocations", uri, n)
		}
	}
}
