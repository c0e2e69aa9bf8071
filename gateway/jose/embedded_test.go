package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"
)

// Keys in headers are known by the thumbprints that another program makes of them.
func TestEmbedded(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ private, public any }{{rsaKey, &rsaKey.PublicKey}, {ecKey, &ecKey.PublicKey}, {edKey, edKey.Public()}} {
		s, err := ReadSigner(private(t, c.private), "")
		if err != nil {
			t.Fatal(err)
		}
		parse := func(head map[string]any) *Token {
			text, err := s.Sign(head, map[string]any{})
			if err != nil {
				t.Fatal(err)
			}
			tok, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			return tok
		}
		public := private(t, c.public) // as it is published
		tok := parse(map[string]any{"jwk": json.RawMessage(public)})
		key, thumb, err := tok.Embedded()
		theirs, _ := (&gojose.JSONWebKey{Key: c.public}).Thumbprint(crypto.SHA256)
		if err != nil || !tok.SignedBy(key) || thumb != base64.RawURLEncoding.EncodeToString(theirs) {
			t.Errorf("%T: %s %v", key, thumb, err)
		}
		for name, head := range map[string]any{"private": json.RawMessage(private(t, c.private)), "none": nil, "text": "x", "symmetric": map[string]any{"kty": "oct", "k": "AAAA"}, "of another kind": map[string]any{"kty": "x"}} {
			if _, _, err := parse(map[string]any{"jwk": head}).Embedded(); err == nil {
				t.Errorf("%T: %s is one", key, name)
			}
		}
	}
	// A public key as the secret of HS256.
	s, _ := SecretSigner("x", "")
	text, _ := s.Sign(map[string]any{"jwk": json.RawMessage(private(t, &rsaKey.PublicKey))}, map[string]any{})
	tok, _ := Parse(text)
	if _, _, err := tok.Embedded(); err == nil {
		t.Error("HS256 with a public key")
	}
}

// The vector of RFC 7638, 3.1.
func TestThumbprint(t *testing.T) {
	k := jwk{Kty: "RSA", E: "AQAB", N: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}
	if got := k.thumbprint(); got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Errorf("%s", got)
	}
}
