package jwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"sync"
	"testing"
)

type claims map[string]any

// keys are the private keys of these tests, by kind.
var keys = sync.OnceValue(func() map[string]crypto.Signer {
	must := func(k crypto.Signer, err error) crypto.Signer {
		if err != nil {
			panic(err)
		}
		return k
	}
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	out := map[string]crypto.Signer{"RS": must(r, err), "PS": r}
	for name, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		k, err := ecdsa.GenerateKey(curve, rand.Reader)
		out[name] = must(k, err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	out["EdDSA"] = must(ed, err)
	return out
})

func keyOf(alg string) crypto.Signer {
	if k := keys()[alg]; k != nil {
		return k
	}
	return keys()[alg[:2]]
}

func publicPEM(alg string) string {
	b, err := x509.MarshalPKIXPublicKey(keyOf(alg).Public())
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: b}))
}

var hashes = map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}

func enc(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func encJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return enc(b)
}

// token signs claims; secret is for HS algorithms, head is more of the header.
func token(t testing.TB, alg, secret string, head, c claims) string {
	t.Helper()
	header := claims{"typ": "JWT", "alg": alg}
	for k, v := range head {
		header[k] = v
	}
	signed := encJSON(header) + "." + encJSON(c)
	var sum []byte
	hash := hashes[alg[2:]]
	if hash != 0 {
		h := hash.New()
		h.Write([]byte(signed))
		sum = h.Sum(nil)
	}
	var sig []byte
	var err error
	switch alg[:2] {
	case "HS":
		m := hmac.New(hash.New, []byte(secret))
		m.Write([]byte(signed))
		sig = m.Sum(nil)
	case "RS":
		sig, err = keyOf(alg).Sign(rand.Reader, sum, hash)
	case "PS":
		sig, err = rsa.SignPSS(rand.Reader, keyOf(alg).(*rsa.PrivateKey), hash, sum, nil)
	case "ES":
		k := keyOf(alg).(*ecdsa.PrivateKey)
		r, s, e := ecdsa.Sign(rand.Reader, k, sum)
		err = e
		size := (k.Params().BitSize + 7) / 8
		sig = append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	default:
		sig, err = keyOf(alg).Sign(rand.Reader, []byte(signed), crypto.Hash(0))
	}
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + enc(sig)
}
