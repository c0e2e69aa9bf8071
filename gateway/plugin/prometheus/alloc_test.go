//go:build !race

package prometheus_test

import (
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// Counting a request allocates nothing.
func TestAllocs(t *testing.T) {
	plain := func(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
		return r.SendText(200, "text/plain", "ok")
	}
	const conf = `keepalive_requests 100000; gateway { store bolt:data/gateway.db; admin off; } server { listen SOCK; location / { gateway_pass; } }`
	docs := []string{plugintest.ServiceDoc, plugintest.RouteDoc}
	without := plugintest.ServeConf(t, conf, plain, docs...).Allocs("/")
	docs = append(docs, plugintest.Plugin("prometheus", `{"per_consumer":true,"status_code_metrics":true,"latency_metrics":true,"bandwidth_metrics":true}`))
	with := plugintest.ServeConf(t, conf, plain, docs...).Allocs("/")
	if with > without {
		t.Errorf("%v allocations with prometheus, %v without", with, without)
	}
}
