package jose

import (
	"strings"
	"testing"
)

// Whatever is parsed as a token is made of what was given, and no key has signed it.
func FuzzToken(f *testing.F) {
	f.Add("eyJhbGciOiJIUzI1NiJ9.e30.c2ln")
	f.Add("eyJhbGciOiJFUzI1NiJ9.e30.")
	f.Add("eyJhbGciOiJFZERTQSIsImtpZCI6IjEifQ.eyJleHAiOjF9.AAAA")
	f.Add("..")
	f.Add("e30.e30.e30.e30")
	f.Add("bnVsbA.bnVsbA.")
	f.Fuzz(func(t *testing.T, text string) {
		tok, err := Parse(text)
		if err != nil {
			return
		}
		if !strings.HasPrefix(text, tok.signed+".") || tok.Claims == nil || algorithms[tok.Alg] == nil {
			t.Fatalf("%q: %+v", text, tok)
		}
		for _, key := range []any{[]byte("a key that fuzzing does not find"), nil, 1} {
			if tok.SignedBy(key) {
				t.Fatalf("%q is signed by %v", text, key)
			}
		}
		tok.Times([]string{"exp", "nbf"}, 1, 0)
		tok.Lifetime(1, 1)
		tok.Meant([]string{"a"}, []string{"b"})
		if tok.List("aud") == nil {
			t.Fatalf("%q", text)
		}
	})
}

// Key sets come from far away.
func FuzzSet(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
	f.Add([]byte(`{"keys":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		keys, err := ParseSet(body)
		if err != nil && keys != nil || len(keys) > mostKeys {
			t.Fatalf("%q: %d keys, %v", body, len(keys), err)
		}
		for _, k := range keys {
			for alg, a := range algorithms {
				if a.fits(k.Public) && a.verify(a, k.Public, "text", []byte("signature")) {
					t.Fatalf("%q has signed with %s", body, alg)
				}
			}
		}
	})
}
