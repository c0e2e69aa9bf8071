package idp

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// key is one of the provider's.
type key struct {
	id     string
	secret *rsa.PrivateKey
}

func (k *key) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k *key) Key() any                                    { return k.secret }
func (k *key) ID() string                                  { return k.id }

// published is its public half.
type published struct{ *key }

func (k published) Algorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k published) Use() string                        { return "sig" }
func (k published) Key() any                           { return &k.secret.PublicKey }

// one is the first key of all providers: to make one takes long.
var one = sync.OnceValue(another)

func another() *rsa.PrivateKey {
	secret, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // there is no randomness
	}
	return secret
}

// Rotate makes another key, with which the provider signs from now on. Those of before are
// not published any more.
func (p *Provider) Rotate() { p.use(another()) }

func (p *Provider) use(secret *rsa.PrivateKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = append(p.keys, &key{"key" + strconv.Itoa(len(p.keys)), secret})
}

func (p *Provider) now() *key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[len(p.keys)-1]
}

// SigningKey implements op.Storage, as do the two below.
func (m *memory) SigningKey(context.Context) (op.SigningKey, error) { return m.p.now(), nil }

// KeySet is what is published.
func (m *memory) KeySet(context.Context) ([]op.Key, error) {
	return []op.Key{published{m.p.now()}}, nil
}

// SignatureAlgorithms are those of keys.
func (m *memory) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.RS256}, nil
}

// Sign signs claims as the provider does, with its key; head is more of the header, or other
// values in it.
func (p *Provider) Sign(head, claims map[string]any) string {
	k := p.now()
	h := map[string]any{"alg": "RS256", "kid": k.id, "typ": "JWT"}
	maps.Copy(h, head)
	signed := encode(h) + "." + encode(claims)
	sum := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(rand.Reader, k.secret, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// edited passes an answer on, with its object changed if it is one.
func edited(w http.ResponseWriter, rec *httptest.ResponseRecorder, f func(map[string]any)) {
	maps.Copy(w.Header(), rec.Header())
	body := rec.Body.Bytes()
	var answer map[string]any
	if json.Unmarshal(body, &answer) == nil && answer != nil {
		f(answer)
		if b, err := json.Marshal(answer); err == nil {
			body = b
		}
		w.Header().Del("Content-Length")
	}
	w.WriteHeader(rec.Code)
	w.Write(body)
}
