package basicauth_test

import (
	"encoding/base64"
	"testing"

	"moongate/gateway/plugin/plugintest"
)

// bob's password is kept in Kong's form: SHA-1 of "pass" and his id.
const (
	ofAlice = `basicauth_credentials {"username":"al","password":"open: sesame",` + plugintest.OfAlice + `}`
	ofBob   = `basicauth_credentials {"username":"bob","password":"$kong-sha1$a3fb20f068cd48f943034c0645fd6b72f9f03a85",` + plugintest.OfBob + `}`
)

func world(config string) []string {
	return plugintest.World(ofAlice, ofBob, plugintest.Another("basic-auth", config))
}

func basic(text string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(text))
}

const (
	alice   = "consumer=alice credential=al custom=c-alice"
	refused = `401 Basic realm="service" {"message":"Unauthorized"}`
)

func TestPasswords(t *testing.T) {
	for _, c := range []struct{ name, config, header, want string }{
		{"right", `{}`, basic("al:open: sesame"), alice},
		{"right, lower case", `{}`, "authorization: basic " + base64.StdEncoding.EncodeToString([]byte("al:open: sesame")), alice},
		{"without padding", `{}`, "Authorization: Basic  YWw6b3Blbjogc2VzYW1l", alice},
		{"Kong's form", `{}`, basic("bob:pass"), "consumer=bob credential=bob"},
		{"for a proxy", `{}`, "Proxy-" + basic("al:open: sesame"), alice},
		{"for a proxy, unknown", `{}`, "Proxy-" + basic("x:y") + "\r\n" + basic("al:open: sesame"), alice},
		{"wrong", `{}`, basic("al:open: sesam"), refused},
		{"other's", `{}`, basic("bob:open: sesame"), refused},
		{"hash as password", `{}`, basic("bob:a3fb20f068cd48f943034c0645fd6b72f9f03a85"), refused},
		{"unknown", `{}`, basic("alice:open: sesame"), refused},
		{"none", `{}`, "X: y", refused},
		{"no password", `{}`, basic("al"), refused},
		{"no user", `{}`, basic(":open: sesame"), refused},
		{"nothing", `{}`, "Authorization: Basic", refused},
		{"no base64", `{}`, "Authorization: Basic %%%%", refused},
		{"other scheme", `{}`, "Authorization: Bearer YWw6b3Blbjogc2VzYW1l", refused},
		{"realm", `{"realm":"r"}`, "X: y", `401 Basic realm="r" {"message":"Unauthorized"}`},
		{"anonymous", `{"anonymous":"guest"}`, basic("al:x"), "anonymous=true consumer=guest"},
		{"not anonymous", `{"anonymous":"guest"}`, basic("al:open: sesame"), alice},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := plugintest.Ask(t, world(c.config)...)
			for range 2 { // the second time it is remembered
				got := g.Get("/", c.header)
				said := plugintest.Said(got)
				if said != c.want {
					t.Errorf("%q, want %q\n%s", said, c.want, g.Log())
				}
			}
		})
	}
}

func TestHide(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                        "GET /|" + basic("al:open: sesame"),
		`{"hide_credentials":true}`: "GET /",
	} {
		got := plugintest.Ask(t, world(config)...).Get("/", basic("al:open: sesame"))
		if sent := plugintest.Sent(got, "Authorization"); sent != want {
			t.Errorf("%s: %q, want %q", config, sent, want)
		}
	}
}
