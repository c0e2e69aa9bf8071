package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"io"
)

// noting is a private key that leaves the name of the signature algorithm
// with its connection: crypto/tls does not tell, $ssl_sigalg wants it.
type noting struct {
	key crypto.PrivateKey
	c   *Conn
}

func (n noting) Public() crypto.PublicKey { return n.key.(crypto.Signer).Public() }

func (n noting) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	n.c.sigalg = schemeName(n.Public(), opts)
	return n.key.(crypto.Signer).Sign(r, digest, opts)
}

// notingRSA can decrypt too, for RSA key exchange; crypto/tls refuses a
// Decrypter of another kind of key.
type notingRSA struct {
	noting
	crypto.Decrypter
}

func (n notingRSA) Public() crypto.PublicKey { return n.noting.Public() }

// note wraps a key for c.
func note(key crypto.PrivateKey, c *Conn) crypto.PrivateKey {
	n := noting{key, c}
	if d, ok := key.(crypto.Decrypter); ok && keyKind(n.Public()) == "RSA" {
		return notingRSA{n, d}
	}
	return n
}

// schemeName words a signature as OpenSSL's table of sigalgs does.
func schemeName(pub crypto.PublicKey, opts crypto.SignerOpts) string {
	hash := map[crypto.Hash]string{crypto.SHA1: "sha1", crypto.SHA256: "sha256", crypto.SHA384: "sha384", crypto.SHA512: "sha512"}[opts.HashFunc()]
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return "ed25519"
	case *rsa.PublicKey:
		if _, ok := opts.(*rsa.PSSOptions); ok {
			return "rsa_pss_rsae_" + hash
		}
		if hash != "" {
			return "rsa_pkcs1_" + hash
		}
	case *ecdsa.PublicKey:
		switch {
		case hash == "sha1":
			return "ecdsa_sha1"
		case hash != "":
			return "ecdsa_secp" + map[int]string{256: "256", 384: "384", 521: "521"}[k.Curve.Params().BitSize] + "r1_" + hash
		}
	}
	return ""
}

var _ crypto.Decrypter = notingRSA{}
