//go:build !race

package fieldshaping_test

import (
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

const conf = `gateway { store bolt:data/gateway.db; admin off; } keepalive_requests 1000000; server { listen SOCK; location / { gateway_pass; } }`

// A shape costs few objects, however many answers it has been given to: those of the
// filter, and none for what is in the answer.
func TestAllocs(t *testing.T) {
	service := func(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
		return r.SendText(200, "application/json", answer)
	}
	docs := []string{plugintest.ServiceDoc, plugintest.RouteDoc, webClass}
	bare := plugintest.ServeConf(t, conf, service, docs...).Allocs("/")
	shaped := plugintest.ServeConf(t, conf, service, append(docs, plugintest.Plugin("field-shaping", `{"shapes":[{"pick":["id","user.name"],"rename":{"id":"n"}}]}`))...).Allocs("/")
	if shaped > bare+6 {
		t.Errorf("%v objects, %v without a shape", shaped, bare)
	}
	t.Logf("%v objects, %v without a shape", shaped, bare)
}
