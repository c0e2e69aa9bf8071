package iprestriction_test

import (
	"strconv"
	"strings"
	"testing"

	"moongate/gateway/plugin/plugintest"
)

func TestAddresses(t *testing.T) {
	no := func(a string) string { return `403 {"message":"IP address not allowed: ` + a + `"}` }
	for n, c := range []struct{ config, from, want string }{
		{`{"allow":["10.0.0.0/8","192.168.1.1"]}`, "10.255.255.255", "200"},
		{`{"allow":["10.0.0.0/8","192.168.1.1"]}`, "192.168.1.1", "200"},
		{`{"allow":["10.0.0.0/8","192.168.1.1"]}`, "192.168.1.2", no("192.168.1.2")},
		{`{"allow":["10.0.0.0/8","192.168.1.1"]}`, "::1", no("::1")},
		{`{"deny":["10.0.0.0/8"]}`, "10.1.2.3", no("10.1.2.3")},
		{`{"deny":["10.0.0.0/8"]}`, "11.0.0.0", "200"},
		{`{"allow":["10.0.0.0/8"],"deny":["10.1.0.0/16"]}`, "10.1.2.3", no("10.1.2.3")},
		{`{"allow":["10.0.0.0/8"],"deny":["10.1.0.0/16"]}`, "10.2.2.3", "200"},
		{`{"allow":["2001:db8::/32"]}`, "2001:db8:ffff::1", "200"},
		{`{"allow":["2001:db8::/32"]}`, "2001:db9::", no("2001:db9::")},
		{`{"deny":["10.1.2.3"],"status":404,"message":"go away"}`, "10.1.2.3", `404 {"message":"go away"}`},
		{`{"allow":["0.0.0.0/0"]}`, "", `403 {"message":"Cannot identify the client IP address, unix domain sockets are not supported."}`},
	} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			g := plugintest.Ask(t, plugintest.World(plugintest.Another("ip-restriction", c.config))...)
			var headers []string
			if c.from != "" {
				headers = []string{plugintest.Client + ": " + c.from}
			}
			got := g.Get("/", headers...)
			said := plugintest.Said(got)
			if strings.HasPrefix(got, "HTTP/1.1 200 ") {
				said = "200"
			} else {
				g.WantLog(`\[warn\] .*gateway: (IP address not allowed|go away|Cannot identify)`)
			}
			if said != c.want {
				t.Errorf("%s from %s: %q, want %q", c.config, c.from, said, c.want)
			}
		})
	}
}

func TestConfig(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                        "schema violation (at least one of these fields must be non-empty: 'config.allow', 'config.deny')",
		`{"allow":["10.0.0.0/33"]}`: "schema violation (config.allow.1: invalid ip or cidr range: '10.0.0.0/33')",
		`{"deny":["x"]}`:            "schema violation (config.deny.1: invalid ip or cidr range: 'x')",
	} {
		if got := plugintest.Refused(plugintest.Another("ip-restriction", config)); got != want {
			t.Errorf("%s: %s", config, got)
		}
	}
}
