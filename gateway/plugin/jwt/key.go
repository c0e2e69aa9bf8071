package jwt

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"sync"

	"moongate/gateway/entity"
	"moongate/gateway/jose"
)

// keyCache keeps public keys that have been parsed, by their text. It is emptied when it
// is full.
type keyCache struct {
	mu   sync.Mutex
	keys map[string]any
}

const mostKeys = 4096

// key is what a credential's tokens are verified with, nil when it is of no use.
func (c *keyCache) key(cred *entity.JWTSecret, isBase64 bool) any {
	if !strings.HasPrefix(cred.Algorithm, "HS") {
		return c.public(cred.RSAPublicKey)
	}
	secret := []byte(cred.Secret)
	if isBase64 {
		var ok bool
		if secret, ok = jose.Decode64(cred.Secret); !ok {
			return nil
		}
	}
	if len(secret) == 0 {
		return nil
	}
	return secret
}

func (c *keyCache) public(text string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k, ok := c.keys[text]; ok {
		return k
	}
	if c.keys == nil || len(c.keys) >= mostKeys {
		c.keys = map[string]any{}
	}
	k := parsePublic(text)
	c.keys[text] = k
	return k
}

// parsePublic reads a PEM block with a public key or a certificate.
func parsePublic(text string) any {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	if k, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		return k
	}
	if k, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return k
	}
	if c, err := x509.ParseCertificate(block.Bytes); err == nil {
		return c.PublicKey
	}
	return nil
}
