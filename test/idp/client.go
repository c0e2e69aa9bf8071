package idp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// client is one of the example's clients that may be sent somewhere after a logout.
type client struct {
	op.Client
	afterwards []string
	kind       op.AccessTokenType
	method     oidc.AuthMethod
}

func (c client) PostLogoutRedirectURIs() []string     { return c.afterwards }
func (c client) AccessTokenType() op.AccessTokenType  { return c.kind }
func (c client) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c client) AuthMethod() oidc.AuthMethod          { return c.method }

// GetClientByClientID implements op.Storage.
func (m *memory) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	c, err := m.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	mine := client{c, m.afterwards, op.AccessTokenTypeBearer, c.AuthMethod()}
	switch id {
	case "jwt":
		mine.kind = op.AccessTokenTypeJWT
	case "key":
		mine.method = oidc.AuthMethodPrivateKeyJWT
	}
	return mine, nil
}

// ofClient is the key of the client "key".
var ofClient = sync.OnceValue(func() *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // there is no randomness
	}
	return k
})

// ClientKey is the private key of the client "key", as RFC 7517 writes it.
func ClientKey() string {
	b, err := json.Marshal(jose.JSONWebKey{Key: ofClient(), KeyID: "c1"})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// GetKeyByIDAndClientID implements op.Storage.
func (m *memory) GetKeyByIDAndClientID(_ context.Context, key, id string) (*jose.JSONWebKey, error) {
	if id != "key" || key != "c1" {
		return nil, errors.New("no such key")
	}
	return &jose.JSONWebKey{Key: &ofClient().PublicKey, KeyID: key}, nil
}
