//go:build !race

package opentelemetry_test

import (
	"fmt"
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

const conf = `keepalive_requests 10000000; gateway { store bolt:data/gateway.db; admin off; } server { listen SOCK; location / { gateway_pass; } }`

func plain(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
	return r.SendText(200, "text/plain", "ok")
}

func rig(t testing.TB, config string) *httpdtest.Rig {
	docs := []string{plugintest.ServiceDoc, plugintest.RouteDoc}
	if config != "" {
		docs = append(docs, plugintest.Plugin("opentelemetry", config))
	}
	return plugintest.ServeConf(t, conf, plain, docs...)
}

const nowhere = `"traces_endpoint":"http://127.0.0.1:9/","queue":{"max_batch_size":1000000,"max_coalescing_delay":3600}`

// A request that is not recorded costs nothing, one that is costs the record.
func TestAllocs(t *testing.T) {
	without := rig(t, "").Allocs("/")
	for rate, most := range map[int]float64{0: 0, 1: 2} {
		if with := rig(t, fmt.Sprintf(`{"sampling_rate":%d,%s}`, rate, nowhere)).Allocs("/"); with > without+most {
			t.Errorf("rate %d: %v objects a request, %v without the plugin", rate, with, without)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	for _, c := range []struct{ name, config string }{
		{"without", ""}, {"unsampled", `{"sampling_rate":0,` + nowhere + `}`}, {"sampled", `{"sampling_rate":1,` + nowhere + `}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := rig(b, c.config)
			conn := g.Dial()
			defer conn.Close()
			send, buf := []byte("GET / HTTP/1.1\r\nHost: h.test\r\nUser-Agent: bench\r\n\r\n"), make([]byte, 4096)
			b.ReportAllocs()
			for b.Loop() {
				conn.Write(send)
				if _, err := conn.Read(buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
