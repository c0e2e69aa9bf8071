package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes
	_ "crypto/sha512"
	"math/big"
)

// algorithm is a way to sign (RFC 7518, RFC 8037).
type algorithm struct {
	verify func(a *algorithm, key any, signed string, signature []byte) bool
	hash   crypto.Hash
	curve  elliptic.Curve // of ES algorithms
	rsa    bool
}

var algorithms = map[string]*algorithm{
	"HS256": {verify: byHMAC, hash: crypto.SHA256},
	"HS384": {verify: byHMAC, hash: crypto.SHA384},
	"HS512": {verify: byHMAC, hash: crypto.SHA512},
	"RS256": {verify: byRSA, hash: crypto.SHA256, rsa: true},
	"RS384": {verify: byRSA, hash: crypto.SHA384, rsa: true},
	"RS512": {verify: byRSA, hash: crypto.SHA512, rsa: true},
	"PS256": {verify: byPSS, hash: crypto.SHA256, rsa: true},
	"PS384": {verify: byPSS, hash: crypto.SHA384, rsa: true},
	"PS512": {verify: byPSS, hash: crypto.SHA512, rsa: true},
	"ES256": {verify: byECDSA, hash: crypto.SHA256, curve: elliptic.P256()},
	"ES384": {verify: byECDSA, hash: crypto.SHA384, curve: elliptic.P384()},
	"ES512": {verify: byECDSA, hash: crypto.SHA512, curve: elliptic.P521()},
	"EdDSA": {verify: byEd25519},
}

// SignedBy tells whether the signature is the key's. A key of another kind than the
// algorithm's never has signed anything: a public key is no secret of HS algorithms.
func (t *Token) SignedBy(key any) bool {
	a := algorithms[t.Alg]
	return a.verify(a, key, t.signed, t.signature)
}

func (a *algorithm) sum(signed string) []byte {
	h := a.hash.New()
	h.Write([]byte(signed))
	return h.Sum(nil)
}

func byHMAC(a *algorithm, key any, signed string, signature []byte) bool {
	secret, ok := key.([]byte)
	if !ok {
		return false
	}
	h := hmac.New(a.hash.New, secret)
	h.Write([]byte(signed))
	return hmac.Equal(h.Sum(nil), signature)
}

func byRSA(a *algorithm, key any, signed string, signature []byte) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && rsa.VerifyPKCS1v15(k, a.hash, a.sum(signed), signature) == nil
}

func byPSS(a *algorithm, key any, signed string, signature []byte) bool {
	k, ok := key.(*rsa.PublicKey)
	return ok && rsa.VerifyPSS(k, a.hash, a.sum(signed), signature, nil) == nil
}

// byECDSA wants r and s side by side, each as long as the curve's order.
func byECDSA(a *algorithm, key any, signed string, signature []byte) bool {
	k, ok := key.(*ecdsa.PublicKey)
	size := (a.curve.Params().BitSize + 7) / 8
	if !ok || k.Curve != a.curve || len(signature) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	return ecdsa.Verify(k, a.sum(signed), r, s)
}

func byEd25519(_ *algorithm, key any, signed string, signature []byte) bool {
	k, ok := key.(ed25519.PublicKey)
	return ok && len(k) == ed25519.PublicKeySize && ed25519.Verify(k, []byte(signed), signature)
}

// fits tells whether a published key is for an algorithm.
func (a *algorithm) fits(key any) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return a.rsa
	case *ecdsa.PublicKey:
		return k.Curve == a.curve
	case ed25519.PublicKey:
		return a.hash == 0
	}
	return false
}
