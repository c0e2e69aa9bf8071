package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
)

// Signer signs tokens with a key of ours.
type Signer struct {
	Alg string
	id  string
	key any // []byte, *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey
}

var (
	errPrivate = errors.New("is no private key that can be used")
	errFit     = errors.New("the key is not for this algorithm")
)

// SecretSigner signs with a secret; alg is "" for HS256.
func SecretSigner(secret, alg string) (*Signer, error) {
	return newSigner([]byte(secret), "", alg)
}

// ReadSigner reads a private key as it is written in RFC 7517. alg is that which it is to be
// used with, "" for the key's own, or the usual one of its kind.
func ReadSigner(key []byte, alg string) (*Signer, error) {
	var k struct {
		jwk
		D, P, Q string
	}
	if err := json.Unmarshal(key, &k); err != nil {
		return nil, err
	}
	if alg == "" {
		alg = k.Alg
	}
	d, ok := Decode64(k.D)
	if !ok || len(d) == 0 {
		return nil, errPrivate
	}
	switch public := k.public().(type) {
	case *rsa.PublicKey:
		p, ok := number(k.P)
		q, ok2 := number(k.Q)
		if !ok || !ok2 {
			return nil, errPrivate
		}
		private := &rsa.PrivateKey{PublicKey: *public, D: new(big.Int).SetBytes(d), Primes: []*big.Int{p, q}}
		if err := private.Validate(); err != nil {
			return nil, err
		}
		private.Precompute()
		return newSigner(private, k.Kid, alg)
	case *ecdsa.PublicKey:
		private, err := ecdsa.ParseRawPrivateKey(public.Curve, d)
		if err != nil {
			return nil, err
		}
		if !private.PublicKey.Equal(public) {
			return nil, errPrivate
		}
		return newSigner(private, k.Kid, alg)
	case ed25519.PublicKey:
		if len(d) != ed25519.SeedSize {
			return nil, errPrivate
		}
		private := ed25519.NewKeyFromSeed(d)
		if !private.Public().(ed25519.PublicKey).Equal(public) {
			return nil, errPrivate
		}
		return newSigner(private, k.Kid, alg)
	}
	return nil, errPrivate
}

func newSigner(key any, id, alg string) (*Signer, error) {
	fits := false
	usual := ""
	a := algorithms[alg]
	switch k := key.(type) {
	case []byte:
		usual, fits = "HS256", a != nil && a.hash != 0 && !a.rsa && a.curve == nil
	case *rsa.PrivateKey:
		usual, fits = "RS256", a != nil && a.rsa
	case *ecdsa.PrivateKey:
		usual, fits = map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[k.Params().BitSize], a != nil && a.curve == k.Curve
	case ed25519.PrivateKey:
		usual, fits = "EdDSA", alg == "EdDSA"
	}
	if alg == "" {
		alg, fits = usual, true
	}
	if !fits {
		return nil, fmt.Errorf("%w: %s", errFit, alg)
	}
	return &Signer{alg, id, key}, nil
}

// Sign makes a token; head is more of its header.
func (s *Signer) Sign(head, claims map[string]any) (string, error) {
	h := map[string]any{"alg": s.Alg, "typ": "JWT"}
	if s.id != "" {
		h["kid"] = s.id
	}
	maps.Copy(h, head)
	hb, err := json.Marshal(h)
	if err != nil {
		return "", err
	}
	cb, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed := base64.RawURLEncoding.EncodeToString(hb) + "." + base64.RawURLEncoding.EncodeToString(cb)
	sig, err := s.signature(signed)
	if err != nil {
		return "", err
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

func (s *Signer) signature(signed string) ([]byte, error) {
	a := algorithms[s.Alg]
	switch k := s.key.(type) {
	case []byte:
		h := hmac.New(a.hash.New, k)
		h.Write([]byte(signed))
		return h.Sum(nil), nil
	case *rsa.PrivateKey:
		if s.Alg[0] == 'P' {
			return rsa.SignPSS(rand.Reader, k, a.hash, a.sum(signed), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.SignPKCS1v15(rand.Reader, k, a.hash, a.sum(signed))
	case *ecdsa.PrivateKey:
		r, t, err := ecdsa.Sign(rand.Reader, k, a.sum(signed))
		if err != nil {
			return nil, err
		}
		size := (a.curve.Params().BitSize + 7) / 8
		out := make([]byte, 2*size)
		r.FillBytes(out[:size])
		t.FillBytes(out[size:])
		return out, nil
	case ed25519.PrivateKey:
		return k.Sign(rand.Reader, []byte(signed), crypto.Hash(0))
	}
	return nil, errPrivate
}
