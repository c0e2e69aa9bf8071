package jose

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
)

var errEmbedded = errors.New("invalid jwk")

// Embedded is the public key that a token brings itself, in its header, and the key's
// thumbprint (RFC 7638). That it has signed the token says only that who made the token has
// its other half.
func (t *Token) Embedded() (key any, thumbprint string, err error) {
	head, ok := t.Header["jwk"].(map[string]any)
	if !ok || head["d"] != nil || head["k"] != nil { // a private or a symmetric one is no secret any more
		return nil, "", errEmbedded
	}
	b, err := json.Marshal(head)
	if err != nil {
		return nil, "", err
	}
	var k jwk
	if json.Unmarshal(b, &k) != nil {
		return nil, "", errEmbedded
	}
	if key = k.public(); key == nil || !algorithms[t.Alg].fits(key) {
		return nil, "", errEmbedded
	}
	return key, k.thumbprint(), nil
}

// thumbprint is of what makes the key, in the order of names. All of it is base64url, or a
// word that public knows.
func (k *jwk) thumbprint() string {
	var text string
	switch k.Kty {
	case "RSA":
		text = `{"e":"` + k.E + `","kty":"RSA","n":"` + k.N + `"}`
	case "EC":
		text = `{"crv":"` + k.Crv + `","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`
	case "OKP":
		text = `{"crv":"` + k.Crv + `","kty":"OKP","x":"` + k.X + `"}`
	}
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
