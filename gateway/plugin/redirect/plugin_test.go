package redirect_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func TestRedirects(t *testing.T) {
	for _, c := range []struct{ config, status, location string }{
		{`{"location":"https://new.test/x?y=1"}`, "301", "https://new.test/x?y=1"},
		{`{"location":"https://new.test/x?y=1","status_code":302}`, "302", "https://new.test/x?y=1"},
		{`{"location":"https://new.test:8443/x?y=1#f","keep_incoming_path":true,"status_code":308}`, "308", "https://new.test:8443/a%20b?q=1#f"},
	} {
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("redirect", c.config))
		got := g.Get("/a%20b?q=1")
		if httpdtest.Status(got) != c.status || httpdtest.Header(got, "Location") != c.location || httpdtest.Body(got) != "redirecting" {
			t.Errorf("%s: %q", c.config, got)
		}
	}
	for config, want := range map[string]string{
		`{}`:                         "location: required field missing",
		`{"location":"/x"}`:          "missing scheme in url",
		`{"location":"https:///x"}`:  "missing host in url",
		`{"location":"http://a\tb"}`: "could not parse url",
	} {
		if got := plugintest.Refused(plugintest.Plugin("redirect", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}
