package acl_test

import (
	"strconv"
	"strings"
	"testing"

	"moongate/gateway/plugin/plugintest"
)

// alice is in a and b, guest in g, bob in none.
var docs = plugintest.World(
	`acls {"group":"a",`+plugintest.OfAlice+`}`, `acls {"group":"b","created_at":1,`+plugintest.OfAlice+`}`, `acls {"group":"g",`+plugintest.OfGuest+`}`,
	`keyauth_credentials {"key":"alice",`+plugintest.OfAlice+`}`, `keyauth_credentials {"key":"bob",`+plugintest.OfBob+`}`)

func TestGroups(t *testing.T) {
	const (
		no     = `403 {"message":"You cannot consume this service"}`
		nobody = `401 {"message":"Unauthorized"}`
	)
	for n, c := range []struct{ config, auth, key, want string }{
		{`{"allow":["a"]}`, `{}`, "alice", "a, b"},
		{`{"allow":["x","b"]}`, `{}`, "alice", "a, b"},
		{`{"allow":["x"]}`, `{}`, "alice", no},
		{`{"allow":["A"]}`, `{}`, "alice", no},
		{`{"allow":["a"]}`, `{}`, "bob", no},
		{`{"deny":["a"]}`, `{}`, "alice", no},
		{`{"deny":["x"]}`, `{}`, "alice", "a, b"},
		{`{"deny":["a"]}`, `{}`, "bob", ""},
		{`{"allow":["a"],"hide_groups_header":true}`, `{}`, "alice", ""},
		{`{"allow":["g"]}`, `{"anonymous":"guest"}`, "", "g"},
		{`{"allow":["a"]}`, `{"anonymous":"guest"}`, "", no},
		{`{"deny":["g"]}`, `{"anonymous":"guest"}`, "", no},
		{`{"allow":["a"]}`, `{"anonymous":"bob"}`, "", nobody},
		{`{"deny":["a"]}`, `{"anonymous":"bob"}`, "", ""},
		{`{"allow":["a"]}`, "", "alice", nobody},
		{`{"deny":["a"]}`, "", "alice", nobody},
	} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			all := append(docs[:len(docs):len(docs)], plugintest.Another("acl", c.config))
			if c.auth != "" {
				all = append(all, plugintest.Another("key-auth", c.auth))
			}
			g := plugintest.Ask(t, all...)
			got := g.Get("/", "ApiKey: "+c.key, "X-Consumer-Groups: admin", "X-Authenticated-Groups: admin")
			said := plugintest.Said(got)
			if strings.HasPrefix(got, "HTTP/1.1 200 ") {
				said = ""
				sent := plugintest.Sent(got, "X-Consumer-Groups", "X-Authenticated-Groups")
				if _, groups, ok := strings.Cut(sent, "X-Consumer-Groups: "); ok {
					said = sorted(groups)
				} else if sent != "GET /" {
					said = sent
				}
			}
			if said != c.want {
				t.Errorf("%s %s %s: %q, want %q\n%s", c.config, c.auth, c.key, said, c.want, got)
			}
		})
	}
}

// sorted makes a list's order no affair of the test's.
func sorted(list string) string {
	if list == "b, a" {
		return "a, b"
	}
	return list
}

func TestConfig(t *testing.T) {
	const one = "exactly one of these fields must be non-empty: 'config.allow', 'config.deny'"
	for config, want := range map[string]string{
		`{}`:                           "2 schema violations (" + one + "; at least one of these fields must be non-empty: 'config.allow', 'config.deny')",
		`{"allow":["a"],"deny":["b"]}`: "schema violation (" + one + ")",
		`{"allow":["a"]}`:              "",
	} {
		if got := plugintest.Refused(plugintest.Another("acl", config)); got != want {
			t.Errorf("%s: %s", config, got)
		}
	}
}
