package jose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"
)

// private is a key as another program writes it.
func private(t testing.TB, key any) []byte {
	t.Helper()
	b, err := json.Marshal(gojose.JSONWebKey{Key: key, KeyID: "k1"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What is signed here is good for us and for another program, with all algorithms that a key
// is for, and the key is refused for all others.
func TestSign(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec := func(c elliptic.Curve) *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	p256, p384, p521 := ec(elliptic.P256()), ec(elliptic.P384()), ec(elliptic.P521())
	secret := []byte("a secret of more than sixty-four bytes, for all of HS256, HS384 and HS512")
	for _, c := range []struct {
		key, public any
		algs        string // the usual one first
	}{
		{rsaKey, &rsaKey.PublicKey, "RS256 RS384 RS512 PS256 PS384 PS512"},
		{p256, &p256.PublicKey, "ES256"}, {p384, &p384.PublicKey, "ES384"}, {p521, &p521.PublicKey, "ES512"},
		{ed, ed.Public(), "EdDSA"}, {secret, secret, "HS256 HS384 HS512"},
	} {
		read := func(alg string) (*Signer, error) {
			if s, ok := c.key.([]byte); ok {
				return SecretSigner(string(s), alg)
			}
			return ReadSigner(private(t, c.key), alg)
		}
		usual, _, _ := strings.Cut(c.algs, " ")
		if s, err := read(""); err != nil || s.Alg != usual {
			t.Errorf("%s: %v %v", usual, s, err)
		}
		for alg := range algorithms {
			s, err := read(alg)
			if (err == nil) != strings.Contains(c.algs, alg) {
				t.Errorf("%T with %s: %v", c.key, alg, err)
			}
			if err != nil {
				continue
			}
			text, err := s.Sign(map[string]any{"x": "y"}, map[string]any{"sub": "s"})
			if err != nil {
				t.Fatal(err)
			}
			tok, err := Parse(text)
			if err != nil || !tok.SignedBy(c.public) || tok.Claims["sub"] != "s" || tok.Header["x"] != "y" {
				t.Errorf("%s: %v", alg, err)
			}
			theirs, err := gojose.ParseSignedCompact(text, []gojose.SignatureAlgorithm{gojose.SignatureAlgorithm(alg)})
			if err != nil {
				t.Fatal(err)
			}
			if b, err := theirs.Verify(c.public); err != nil || string(b) != `{"sub":"s"}` {
				t.Errorf("%s: another program says %s, %v", alg, b, err)
			}
		}
	}
	if _, err := ReadSigner(private(t, &p256.PublicKey), ""); err == nil {
		t.Error("a public key signs")
	}
	// A private key of another public one.
	var a, b map[string]any
	json.Unmarshal(private(t, p256), &a)
	json.Unmarshal(private(t, ec(elliptic.P256())), &b)
	a["d"] = b["d"]
	mixed, _ := json.Marshal(a)
	if _, err := ReadSigner(mixed, ""); err == nil {
		t.Error("the halves are of two keys")
	}
}

// Keys come from people.
func FuzzSigner(f *testing.F) {
	f.Add([]byte(`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`))
	f.Add([]byte(`{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQ","p":"AQ","q":"AQ"}`))
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}`))
	f.Fuzz(func(t *testing.T, key []byte) {
		s, err := ReadSigner(key, "")
		if err != nil {
			return
		}
		if _, err := s.Sign(nil, map[string]any{}); err != nil {
			t.Fatalf("%q: %v", key, err)
		}
	})
}
