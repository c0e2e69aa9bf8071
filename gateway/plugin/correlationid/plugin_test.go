package correlationid_test

import (
	"regexp"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

const uuid = `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`

func TestIDs(t *testing.T) {
	for _, c := range []struct {
		config  string
		headers []string
		name    string
		want    string // of the service and, if echoed, the client
		echo    bool
	}{
		{`{}`, nil, "Kong-Request-ID", uuid + "#1", false},
		{`{"generator":"uuid","header_name":"X-ID","echo_downstream":true}`, nil, "X-ID", uuid, true},
		{`{"generator":"tracker","echo_downstream":true}`, nil, "Kong-Request-ID", `[0-9a-f.:]*-\d+-\d+-\d+-1-\d{10}\.\d{3}`, true},
		{`{"echo_downstream":true}`, []string{"kong-request-id: mine"}, "Kong-Request-ID", "mine", true},
		{`{"echo_downstream":true}`, []string{"Kong-Request-ID:"}, "Kong-Request-ID", uuid + "#1", true},
	} {
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("correlation-id", c.config))
		got := g.Get("/", c.headers...)
		m := regexp.MustCompile(`(?mi)^` + c.name + `: (.*)$`).FindStringSubmatch(httpdtest.Body(got))
		if m == nil || !regexp.MustCompile("^"+c.want+"$").MatchString(m[1]) {
			t.Errorf("%s: the service has got %q", c.config, httpdtest.Body(got))
			continue
		}
		want := ""
		if c.echo {
			want = m[1]
		}
		if h := httpdtest.Header(got, c.name); h != want {
			t.Errorf("%s: the client is told %q, want %q", c.config, h, want)
		}
	}
	if got := plugintest.Refused(plugintest.Plugin("correlation-id", `{"header_name":"a b"}`)); !strings.Contains(got, "bad header name") {
		t.Error(got)
	}
}

func TestCounter(t *testing.T) {
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("correlation-id", `{"echo_downstream":true}`))
	one, two := httpdtest.Header(g.Get("/"), "Kong-Request-ID"), httpdtest.Header(g.Get("/"), "Kong-Request-ID")
	if a, ok := strings.CutSuffix(one, "#1"); !ok || two != a+"#2" {
		t.Errorf("%s, then %s", one, two)
	}
}
