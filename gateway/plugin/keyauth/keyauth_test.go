package keyauth_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
)

const (
	key1 = `keyauth_credentials {"id":"00000000-0000-4000-8000-0000000000a2","key":"secret",` + plugintest.OfAlice + `}`
	key2 = `keyauth_credentials {"id":"00000000-0000-4000-8000-0000000000b2","key":"bob's key",` + plugintest.OfBob + `}`
)

func world(config string, docs ...string) []string {
	return plugintest.World(append(docs, key1, key2, plugintest.Another("key-auth", config))...)
}

const (
	alice = "consumer=alice credential=00000000-0000-4000-8000-0000000000a2 custom=c-alice"
	bob   = "consumer=bob credential=00000000-0000-4000-8000-0000000000b2"

	missing   = `401 Key {"message":"No API key found in request"}`
	unknown   = `401 Key {"message":"Unauthorized"}`
	duplicate = `401 Key {"message":"Duplicate API key found"}`
)

// Who a request is from, or how it is refused.
func TestKeys(t *testing.T) {
	for _, c := range []struct{ name, config, request, want string }{
		{"header", `{}`, "GET / HTTP/1.1\r\nApiKey: secret\r\n", alice},
		{"query", `{}`, "GET /?a=b&apikey=secret HTTP/1.1\r\n", alice},
		{"query, escaped", `{}`, "GET /?%61pikey=bob%27s+key HTTP/1.1\r\n", bob},
		{"header before query", `{}`, "GET /?apikey=wrong HTTP/1.1\r\nApikey: secret\r\n", alice},
		{"none", `{}`, "GET /?apikeys=secret HTTP/1.1\r\n", missing},
		{"empty", `{}`, "GET /?apikey= HTTP/1.1\r\n", missing},
		{"bare", `{}`, "GET /?apikey HTTP/1.1\r\n", missing},
		{"unknown", `{}`, "GET /?apikey=secrets HTTP/1.1\r\n", unknown},
		{"a user's name", `{}`, "GET /?apikey=alice HTTP/1.1\r\n", unknown},
		{"twice in the query", `{}`, "GET /?apikey=secret&apikey=secret HTTP/1.1\r\n", duplicate},
		{"twice in the header", `{}`, "GET / HTTP/1.1\r\nApikey: secret\r\nApikey: secret\r\n", duplicate},
		{"realm", `{"realm":"r"}`, "GET / HTTP/1.1\r\n", `401 Key realm="r" {"message":"No API key found in request"}`},
		{"second name", `{"key_names":["a","b"]}`, "GET /?b=secret HTTP/1.1\r\n", alice},
		{"first name counts", `{"key_names":["a","b"]}`, "GET /?b=secret&a=x HTTP/1.1\r\n", unknown},
		{"not in the header", `{"key_in_header":false}`, "GET / HTTP/1.1\r\nApikey: secret\r\n", missing},
		{"not in the query", `{"key_in_query":false}`, "GET /?apikey=secret HTTP/1.1\r\n", missing},
		{"not in the body", `{}`, form("apikey=secret"), missing},
		{"form", `{"key_in_body":true}`, form("a=b&apikey=secret"), alice},
		{"form twice", `{"key_in_body":true}`, form("apikey=secret&apikey=b"), duplicate},
		{"json", `{"key_in_body":true}`, json(`{"apikey":"secret"}`), alice},
		{"json number", `{"key_in_body":true}`, json(`{"apikey":1}`), missing},
		{"json null", `{"key_in_body":true}`, json(`{"apikey":null}`), missing},
		{"json list", `{"key_in_body":true}`, json(`{"apikey":["secret"]}`), duplicate},
		{"json broken", `{"key_in_body":true}`, json(`{"apikey":"secret"`), missing},
		{"json scalar", `{"key_in_body":true}`, json(`"secret"`), missing},
		{"multipart", `{"key_in_body":true}`, multipart("secret"), alice},
		{"other type", `{"key_in_body":true}`, body("text/plain", "apikey=secret"), missing},
		{"body too large", `{"key_in_body":true}`, form("x=" + strings.Repeat("x", 30000) + "&apikey=secret"), missing},
		{"preflight", `{"run_on_preflight":false}`, "OPTIONS / HTTP/1.1\r\n", ""},
		{"preflight too", `{}`, "OPTIONS / HTTP/1.1\r\n", missing},
		{"anonymous", `{"anonymous":"guest"}`, "GET /?apikey=x HTTP/1.1\r\n", "anonymous=true consumer=guest"},
		{"anonymous by id", `{"anonymous":"00000000-0000-4000-8000-0000000000c1"}`, "GET / HTTP/1.1\r\n", "anonymous=true consumer=guest"},
		{"not anonymous", `{"anonymous":"guest"}`, "GET /?apikey=secret HTTP/1.1\r\n", alice},
		{"anonymous is nobody", `{"anonymous":"nobody"}`, "GET / HTTP/1.1\r\n", `500 {"message":"anonymous consumer nobody is configured but doesn't exist"}`},
		{"anonymous by custom_id", `{"anonymous":"c-alice"}`, "GET / HTTP/1.1\r\n", `500 {"message":"anonymous consumer c-alice is configured but doesn't exist"}`},
		{"claimed by the client", `{"run_on_preflight":false}`, "OPTIONS / HTTP/1.1\r\nX-Consumer-Username: alice\r\nX-Credential-Identifier: x\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := plugintest.Ask(t, world(c.config)...)
			got := g.Send(finish(c.request))
			said := plugintest.Said(got)
			if said != c.want {
				t.Errorf("%q, want %q\n%s\n%s", said, c.want, got, g.Log())
			}
		})
	}
}

// What the service doesn't see.
func TestHide(t *testing.T) {
	for _, c := range []struct{ name, request, want string }{
		{"header and query", "GET /x?a=1&apikey=z&b=2 HTTP/1.1\r\nApikey: secret\r\n", "GET /x?a=1&b=2"},
		{"query alone", "GET /x?%61pikey=secret HTTP/1.1\r\n", "GET /x"},
		{"form", form("a=b&apikey=secret&c=%64"), "POST /|Content-Length: 9|a=b&c=%64"},
		{"json", json(`{"apikey":"secret", "x":[1, 2.50]}`), `POST /|Content-Length: 14|{"x":[1,2.50]}`},
		{"multipart", multipart("secret"), "POST /|Content-Length: 75|--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\na\r\nb\r\n--b\r\n\r\n\r\n--b--\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := plugintest.Ask(t, world(`{"hide_credentials":true,"key_in_body":true}`)...)
			got := g.Send(finish(c.request))
			if sent := plugintest.Sent(got, "Apikey", "Content-Length"); sent != c.want {
				t.Errorf("%q, want %q\n%s", sent, c.want, got)
			}
		})
	}
}

// A key ends ttl seconds after it was made.
func TestTTL(t *testing.T) {
	made := func(ago time.Duration) string {
		return fmt.Sprintf(`keyauth_credentials {"key":"k","ttl":100,"created_at":%d,`+plugintest.OfAlice+`}`, time.Now().Add(-ago).Unix())
	}
	for ago, status := range map[time.Duration]string{90 * time.Second: "200", 101 * time.Second: "401"} {
		got := plugintest.Ask(t, world(`{}`, made(ago))...).Get("/?apikey=k")
		if got[9:12] != status {
			t.Errorf("made %v ago: %s", ago, got)
		}
	}
}

// What a configuration may not say.
func TestConfig(t *testing.T) {
	for config, want := range map[string]string{
		`{"key_names":["a b"]}`: "schema violation (config.key_names.1: bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-')",
		`{"key_in":"header"}`:   "schema violation (config.key_in: unknown field)",
		`{"realm":"a\r\nb"}`:    "schema violation (config.realm: must not have quotes or control characters)",
	} {
		if got := plugintest.Refused(plugintest.Another("key-auth", config)); got != want {
			t.Errorf("%s: %s", config, got)
		}
	}
	scoped := `plugins {"name":"key-auth","config":{},` + plugintest.OfAlice + `}`
	if got := plugintest.Refused(plugintest.World(scoped)...); got != "schema violation (consumer: value must be null)" {
		t.Error(got)
	}
}

func finish(request string) string {
	head, body, _ := strings.Cut(request, "\r\n\r\n")
	return strings.TrimSuffix(head, "\r\n") + "\r\nHost: h.test\r\nConnection: close\r\n\r\n" + body
}

func body(kind, text string) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(text), text)
}

func form(text string) string { return body("application/x-www-form-urlencoded; charset=utf-8", text) }
func json(text string) string { return body("application/json", text) }

func multipart(key string) string {
	return body(`multipart/form-data; boundary="b"`, "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\na\r\nb\r\n"+
		"--b\r\ncontent-disposition: form-data; name=\"apikey\"\r\n\r\n"+key+"\r\n--b\r\n\r\n\r\n--b--\r\n")
}
