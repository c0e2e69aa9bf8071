package certs

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"
)

// PKCS #8 EncryptedPrivateKeyInfo with PBES2 (RFC 8018 appendix A.4), as
// `openssl genrsa -aes128` writes it:
//
//	SEQUENCE { SEQUENCE { pbes2, SEQUENCE { kdf, cipher } }, OCTET STRING }
type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2Params struct {
	KDF    pkix.AlgorithmIdentifier
	Cipher pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// maxIterations keeps a hostile file from holding the start for ever.
const maxIterations = 50_000_000

var prfs = map[string]func() hash.Hash{
	"": sha1.New, "1.2.840.113549.2.7": sha1.New, "1.2.840.113549.2.8": sha256.New224,
	"1.2.840.113549.2.9": sha256.New, "1.2.840.113549.2.10": sha512.New384, "1.2.840.113549.2.11": sha512.New,
}

var blockCiphers = map[string]struct {
	size int
	open func([]byte) (cipher.Block, error)
}{
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
	"1.3.14.3.2.7":            {8, des.NewCipher},
}

// decryptPKCS8 gives the DER of the key. errNotKey: no password can help.
func decryptPKCS8(der, password []byte) ([]byte, error) {
	var e encryptedKey
	var p pbes2Params
	var k pbkdf2Params
	if _, err := asn1.Unmarshal(der, &e); err != nil || e.Algorithm.Algorithm.String() != "1.2.840.113549.1.5.13" {
		return nil, errNotKey
	}
	if _, err := asn1.Unmarshal(e.Algorithm.Parameters.FullBytes, &p); err != nil || p.KDF.Algorithm.String() != "1.2.840.113549.1.5.12" {
		return nil, errNotKey
	}
	if _, err := asn1.Unmarshal(p.KDF.Parameters.FullBytes, &k); err != nil || k.Iterations < 1 || k.Iterations > maxIterations {
		return nil, errNotKey
	}
	name := ""
	if len(k.PRF.Algorithm) > 0 {
		name = k.PRF.Algorithm.String()
	}
	prf, c := prfs[name], blockCiphers[p.Cipher.Algorithm.String()]
	var iv []byte
	if _, err := asn1.Unmarshal(p.Cipher.Parameters.FullBytes, &iv); err != nil || prf == nil || c.open == nil {
		return nil, errNotKey
	}
	key, err := pbkdf2.Key(prf, string(password), k.Salt, k.Iterations, c.size)
	if err != nil {
		return nil, errNotKey
	}
	block, err := c.open(key)
	if err != nil || len(iv) != block.BlockSize() {
		return nil, errNotKey
	}
	n := block.BlockSize()
	if len(e.Data) == 0 || len(e.Data)%n != 0 {
		return nil, errNotKey
	}
	out := make([]byte, len(e.Data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, e.Data)
	return unpad(out, n)
}

// unpad takes off PKCS #7 padding.
func unpad(b []byte, block int) ([]byte, error) {
	if len(b) == 0 {
		return nil, errWrongPassword
	}
	n := int(b[len(b)-1])
	if n == 0 || n > block || n > len(b) {
		return nil, errWrongPassword
	}
	for _, c := range b[len(b)-n:] {
		if int(c) != n {
			return nil, errWrongPassword
		}
	}
	return b[:len(b)-n], nil
}
