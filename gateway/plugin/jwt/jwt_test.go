package jwt_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
)

const secret = "a secret"

// secretDoc is a credential whose key is its algorithm in lower case.
func secretDoc(alg string) string {
	b, _ := json.Marshal(map[string]any{"key": strings.ToLower(alg), "algorithm": alg, "secret": secret,
		"consumer": map[string]any{"id": "00000000-0000-4000-8000-0000000000a1"}})
	if alg[:2] != "HS" {
		pem, _ := json.Marshal(publicPEM(alg))
		b = append(b[:len(b)-1], `,"rsa_public_key":`+string(pem)+`}`...)
	}
	return "jwt_secrets " + string(b)
}

var all = []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

func world(config string) []string {
	docs := plugintest.World(plugintest.Another("jwt", config),
		`jwt_secrets {"key":"b64","secret":"YSBzZWNyZXQ=",`+plugintest.OfBob+`}`, `jwt_secrets {"key":"notb64","secret":"&&",`+plugintest.OfBob+`}`)
	for _, alg := range all {
		docs = append(docs, secretDoc(alg))
	}
	return docs
}

// Every algorithm lets in what is signed, and nothing that was touched.
func TestAlgorithms(t *testing.T) {
	g := plugintest.Ask(t, world(`{}`)...)
	for _, alg := range all {
		name := strings.ToLower(alg)
		good := token(t, alg, secret, nil, claims{"iss": name})
		if got := plugintest.Said(g.Get("/", "Authorization: Bearer "+good)); got != "consumer=alice credential="+name+" custom=c-alice" {
			t.Errorf("%s: %q", alg, got)
		}
		signed, sig, _ := strings.Cut(good[strings.IndexByte(good, '.')+1:], ".")
		head := good[:strings.IndexByte(good, '.')]
		flip := map[byte]string{'A': "B"}[sig[4]]
		if flip == "" {
			flip = "A"
		}
		for what, bad := range map[string]string{
			"another payload":   head + "." + encJSON(claims{"iss": name, "admin": true}) + "." + sig,
			"another signature": head + "." + signed + "." + sig[:4] + flip + sig[5:],
			"no signature":      head + "." + signed + ".",
			"a short signature": head + "." + signed + "." + sig[:8],
		} {
			if got := plugintest.Said(g.Get("/", "Authorization: Bearer "+bad)); got != invalid("Invalid signature") {
				t.Errorf("%s, %s: %q", alg, what, got)
			}
		}
		for _, other := range all {
			if other == alg {
				continue
			}
			// Among them the classic one: a public key taken for the secret of HS256.
			confused := token(t, other, publicPEM("RS256"), nil, claims{"iss": name})
			if got := plugintest.Said(g.Get("/", "Authorization: Bearer "+confused)); got != invalid("Invalid algorithm") {
				t.Errorf("%s for %s: %q", other, alg, got)
			}
		}
	}
}

func invalid(message string) string {
	return `401 Bearer error="invalid_token" {"message":"` + message + `"}`
}

func TestTokens(t *testing.T) {
	now := time.Now().Unix()
	hs := func(c claims) string { return token(t, "HS256", secret, nil, c) }
	ok := hs(claims{"iss": "hs256"})
	const (
		alice = "consumer=alice credential=hs256 custom=c-alice"
		none  = `401 Bearer {"message":"Unauthorized"}`
	)
	bearer := func(s string) string { return "Authorization: Bearer " + s }
	raw := func(head, body, sig string) string {
		return bearer(enc([]byte(head)) + "." + enc([]byte(body)) + "." + sig)
	}
	wrong := func(body string) string { return `401 Bearer error="invalid_token" ` + body }
	for _, c := range []struct{ name, config, uri, header, want string }{
		{"header", `{}`, "/", bearer(ok), alice},
		{"any case", `{}`, "/", "authorization: bearer   " + ok, alice},
		{"query", `{}`, "/?jwt=" + ok, "", alice},
		{"cookie", `{"cookie_names":["t"]}`, "/", "Cookie: a=b; t=" + ok, alice},
		{"other header", `{"header_names":["x-token"]}`, "/", "X-Token: Bearer " + ok, alice},
		{"the same twice", `{}`, "/?jwt=" + ok, bearer(ok), alice},
		{"two", `{}`, "/?jwt=" + ok, bearer(hs(claims{"iss": "hs256", "x": 1})), invalid("Multiple tokens provided")},
		{"bare argument", `{}`, "/?jwt", "", invalid("Unrecognizable token")},
		{"none", `{}`, "/?jwt=", "", none},
		{"basic", `{}`, "/", "Authorization: Basic x", none},
		{"bearer alone", `{}`, "/", "Authorization: Bearer", none},
		{"realm", `{"realm":"r"}`, "/", "", `401 Bearer realm="r" {"message":"Unauthorized"}`},
		{"realm, invalid", `{"realm":"r"}`, "/", bearer("x"), `401 Bearer realm="r", error="invalid_token" {"message":"Bad token; invalid JSON"}`},
		{"two parts", `{}`, "/", bearer("e30.e30"), invalid("Bad token; invalid JSON")},
		{"no base64", `{}`, "/", bearer("!.e30.x"), invalid("Bad token; invalid JSON")},
		{"padded", `{}`, "/", bearer(strings.Replace(ok, ".", "=.", 1)), invalid("Invalid signature")},
		{"four parts", `{}`, "/", bearer(ok + ".x"), invalid("Bad token; invalid signature")},
		{"header no object", `{}`, "/", raw(`[]`, `{}`, ""), invalid("Bad token; invalid alg")},
		{"claims no object", `{}`, "/", raw(`{"alg":"HS256"}`, `1`, ""), invalid("Bad token; invalid claims")},
		{"alg none", `{}`, "/", raw(`{"alg":"none"}`, `{"iss":"hs256"}`, ""), invalid("Bad token; invalid alg")},
		{"alg missing", `{}`, "/", raw(`{}`, `{"iss":"hs256"}`, ""), invalid("Bad token; invalid alg")},
		{"alg number", `{}`, "/", raw(`{"alg":1}`, `{"iss":"hs256"}`, ""), invalid("Bad token; invalid alg")},
		{"critical extension", `{}`, "/", raw(`{"alg":"HS256","crit":["b64"]}`, `{"iss":"hs256"}`, ""), invalid("Bad token; invalid crit")},
		{"no claim", `{}`, "/", bearer(hs(claims{})), invalid("No mandatory 'iss' in claims")},
		{"empty claim", `{}`, "/", bearer(hs(claims{"iss": ""})), invalid("Invalid 'iss' in claims")},
		{"claim no text", `{}`, "/", bearer(hs(claims{"iss": []int{1}})), invalid("Invalid 'iss' in claims")},
		{"unknown", `{}`, "/", bearer(hs(claims{"iss": "x"})), invalid("No credentials found for given 'iss'")},
		{"key in the header", `{"key_claim_name":"kid"}`, "/", bearer(token(t, "HS256", secret, claims{"kid": "hs256"}, claims{})), alice},
		{"other secret", `{}`, "/", bearer(token(t, "HS256", "x", nil, claims{"iss": "hs256"})), invalid("Invalid signature")},
		{"base64", `{"secret_is_base64":true}`, "/", bearer(hs(claims{"iss": "b64"})), "consumer=bob credential=b64"},
		{"no base64 secret", `{"secret_is_base64":true}`, "/", bearer(hs(claims{"iss": "notb64"})), invalid("Invalid key/secret")},
		{"base64 not for PEM", `{"secret_is_base64":true}`, "/", bearer(token(t, "ES256", "", nil, claims{"iss": "es256"})), "consumer=alice credential=es256 custom=c-alice"},
		{"exp is not looked at", `{}`, "/", bearer(hs(claims{"iss": "hs256", "exp": 1})), alice},
		{"exp", `{"claims_to_verify":["exp"]}`, "/", bearer(hs(claims{"iss": "hs256", "exp": now + 60})), alice},
		{"expired", `{"claims_to_verify":["exp"]}`, "/", bearer(hs(claims{"iss": "hs256", "exp": now - 1})), wrong(`{"exp":"token expired"}`)},
		{"no exp", `{"claims_to_verify":["exp"]}`, "/", bearer(hs(claims{"iss": "hs256"})), wrong(`{"exp":"must be a number"}`)},
		{"early", `{"claims_to_verify":["exp","nbf"]}`, "/", bearer(hs(claims{"iss": "hs256", "exp": "1", "nbf": now + 60})), wrong(`{"exp":"must be a number","nbf":"token not valid yet"}`)},
		{"too long", `{"claims_to_verify":["exp"],"maximum_expiration":300}`, "/", bearer(hs(claims{"iss": "hs256", "exp": now + 400})), wrong(`{"exp":"exceeds maximum allowed expiration"}`)},
		{"not too long", `{"claims_to_verify":["exp"],"maximum_expiration":300}`, "/", bearer(hs(claims{"iss": "hs256", "exp": now + 200})), alice},
		{"anonymous", `{"anonymous":"guest"}`, "/", bearer("x"), "anonymous=true consumer=guest"},
		{"not anonymous", `{"anonymous":"guest"}`, "/", bearer(ok), alice},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := plugintest.Ask(t, world(c.config)...)
			var headers []string
			if c.header != "" {
				headers = []string{c.header}
			}
			if got := plugintest.Said(g.Get(c.uri, headers...)); got != c.want {
				t.Errorf("%q, want %q\n%s", got, c.want, g.Log())
			}
		})
	}
}

func TestConfig(t *testing.T) {
	for config, want := range map[string]string{
		`{"maximum_expiration":1}`:   "2 schema violations (failed conditional validation given value of field 'config.maximum_expiration'; config.claims_to_verify: expected to contain: exp)",
		`{"claims_to_verify":["x"]}`: "schema violation (config.claims_to_verify.1: expected one of: exp, nbf)",
		`{"jwks_uri":"file:///x"}`:   "schema violation (config.jwks_uri: must be an http or https address)",
		`{"maximum_expiration":0}`:   "",
	} {
		if got := plugintest.Refused(plugintest.Another("jwt", config)); got != want {
			t.Errorf("%s: %s", config, got)
		}
	}
}

// Several ways to authenticate on one route: all are needed, or with anonymous, one.
func TestSeveral(t *testing.T) {
	docs := func(jwt, key string) []string {
		return plugintest.World(secretDoc("HS256"), `keyauth_credentials {"id":"00000000-0000-4000-8000-0000000000b2","key":"k",`+plugintest.OfBob+`}`,
			plugintest.Another("jwt", jwt), plugintest.Another("key-auth", key))
	}
	jwt := "Authorization: Bearer " + token(t, "HS256", secret, nil, claims{"iss": "hs256"})
	const (
		alice = "consumer=alice credential=hs256 custom=c-alice"
		bob   = "consumer=bob credential=00000000-0000-4000-8000-0000000000b2"
		guest = `{"anonymous":"guest"}`
	)
	for _, c := range []struct{ jwt, key, uri, header, want string }{
		{guest, guest, "/", jwt, alice},
		{guest, guest, "/?apikey=k", "X: y", bob},
		{guest, guest, "/?apikey=k", jwt, alice}, // who is in is in
		{guest, guest, "/?apikey=x", jwt, alice},
		{guest, guest, "/", "X: y", "anonymous=true consumer=guest"},
		{`{}`, `{}`, "/?apikey=k", jwt, bob}, // both, and the last one counts
		{`{}`, `{}`, "/", jwt, `401 Key {"message":"No API key found in request"}`},
		{`{}`, `{}`, "/?apikey=k", "X: y", `401 Bearer {"message":"Unauthorized"}`},
		{guest, `{}`, "/?apikey=k", "X: y", bob},
		{guest, `{}`, "/", jwt, `401 Key {"message":"No API key found in request"}`},
	} {
		g := plugintest.Ask(t, docs(c.jwt, c.key)...)
		if got := plugintest.Said(g.Get(c.uri, c.header)); got != c.want {
			t.Errorf("jwt %s, key-auth %s, %s: %q, want %q", c.jwt, c.key, fmt.Sprint(c.uri, " ", c.header != jwt), got, c.want)
		}
	}
}
