package retry_test

import (
	"fmt"
	"strings"
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// how tells how it is told to speak to the service.
func how(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
	c := t.Conf
	return r.SendText(200, "text/plain", fmt.Sprintf("tries=%d on=%x whole=%v pause=%v..%v again=%v connect=%v send=%v read=%v", c.NextTries, int(c.Next), c.Whole, c.Pause, c.PauseLimit, c.Again, c.ConnectTimeout, c.SendTimeout, c.ReadTimeout))
}

func TestSettings(t *testing.T) {
	for config, want := range map[string]string{
		"":   "tries=6 on=6 whole=0s pause=0s..0s again=true connect=1m0s send=1m0s read=1m0s",
		`{}`: "tries=6 on=6 whole=0s pause=0s..1s again=true connect=1m0s send=1m0s read=1m0s",
		`{"tries":2,"on":["http_503","non_idempotent"],"timeout":1500,"same_target":false,"read_timeout":100}`: fmt.Sprintf("tries=2 on=%x whole=1.5s pause=0s..1s again=false connect=1m0s send=1m0s read=100ms", int(upstreamhttp.On503|upstreamhttp.NonIdempotent)),
		`{"on":[],"backoff":2000,"connect_timeout":1,"write_timeout":2}`:                                       "tries=6 on=0 whole=0s pause=2s..2s again=true connect=1ms send=2ms read=1m0s",
	} {
		docs := []string{plugintest.ServiceDoc, plugintest.RouteDoc}
		if config != "" {
			docs = append(docs, plugintest.Plugin("retry", config))
		}
		g := plugintest.ServeWith(t, how, docs...)
		for range 2 {
			if got := httpdtest.Body(g.Get("/")); got != want {
				t.Errorf("%s:\n got %s\nwant %s", config, got, want)
			}
		}
	}
}

// Who has a configuration of their own has settings of their own.
func TestByConsumer(t *testing.T) {
	g := plugintest.ServeWith(t, how, plugintest.World(
		plugintest.Another("key-auth", `{"anonymous":"guest"}`),
		`keyauth_credentials {"key":"a",`+plugintest.OfAlice+`}`,
		plugintest.Another("retry", `{"tries":2}`),
		`plugins {"name":"retry","config":{"tries":7},`+plugintest.OfAlice+`}`)...)
	for range 2 {
		if got := httpdtest.Body(g.Get("/")); !strings.HasPrefix(got, "tries=2 ") {
			t.Errorf("of all: %s", got)
		}
		if got := httpdtest.Body(g.Get("/", "apikey: a")); !strings.HasPrefix(got, "tries=7 ") {
			t.Errorf("of alice: %s", got)
		}
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{"tries":0}`:                          "tries: value should be between 1 and 100",
		`{"on":["http_418"]}`:                  "expected one of",
		`{"backoff":-1}`:                       "backoff: value should be between",
		`{"read_timeout":0}`:                   "read_timeout: value should be between",
		`{"connect_timeout":1,"unknown":true}`: "unknown field",
	} {
		if got := plugintest.Refused(plugintest.Plugin("retry", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
