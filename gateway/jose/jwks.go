package jose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math/big"
)

// Key is one key of a set.
type Key struct {
	ID     string
	Alg    string // "" for all that it fits
	Public any
}

// jwk is a key as it is published (RFC 7517, RFC 8037).
type jwk struct {
	Kty, Kid, Alg, Use, Crv string
	N, E, X, Y              string
}

// mostKeys is how many keys of a set are used.
const mostKeys = 100

// ParseSet reads a key set. Keys that can't be of use are left out: those for encryption,
// symmetric ones, and what this program doesn't know.
func ParseSet(b []byte) ([]Key, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(b, &set); err != nil {
		return nil, err
	}
	if set.Keys == nil {
		return nil, errors.New("there are no keys in the answer")
	}
	var out []Key
	for _, raw := range set.Keys {
		var k jwk
		if json.Unmarshal(raw, &k) != nil || k.Use != "" && k.Use != "sig" {
			continue
		}
		if key := k.public(); key != nil && len(out) < mostKeys {
			out = append(out, Key{k.Kid, k.Alg, key})
		}
	}
	return out, nil
}

var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}

func (k *jwk) public() any {
	switch k.Kty {
	case "RSA":
		n, ok := number(k.N)
		e, ok2 := number(k.E)
		if !ok || !ok2 || n.BitLen() < 1024 || n.BitLen() > 16384 || e.BitLen() > 31 || e.Int64() < 3 {
			return nil
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}
	case "EC":
		curve := curves[k.Crv]
		if curve == nil {
			return nil
		}
		size := (curve.Params().BitSize + 7) / 8
		x, ok := Decode64(k.X)
		y, ok2 := Decode64(k.Y)
		if !ok || !ok2 || len(x) != size || len(y) != size {
			return nil
		}
		point := append(append([]byte{4}, x...), y...)
		key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
		if err != nil { // not on the curve
			return nil
		}
		return key
	case "OKP":
		x, ok := Decode64(k.X)
		if !ok || k.Crv != "Ed25519" || len(x) != ed25519.PublicKeySize {
			return nil
		}
		return ed25519.PublicKey(x)
	}
	return nil
}

func number(s string) (*big.Int, bool) {
	b, ok := Decode64(s)
	return new(big.Int).SetBytes(b), ok && len(b) > 0
}
