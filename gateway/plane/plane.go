package plane

import (
	"crypto/tls"
	"crypto/x509"

	"moongate/gateway/entity"
	"moongate/gateway/route"
	"moongate/gateway/trie"
)

// Plane is one moment's knowledge. The zero value knows nothing.
type Plane struct {
	Revision uint64
	Routes   *route.Table

	entities *entity.State

	services     trie.Map[Service]
	serviceNames trie.Map[string]   // their ids
	upstreams    trie.Map[Upstream] // by name, in lower case
	// upstreamNames are the keys of upstreams by id.
	upstreamNames trie.Map[string]
	plugins       plugins
	classes       classes
	releases      trie.Map[[]*Release]         // by what they are for: see serviceKey
	pairs         trie.Map[[]*tls.Certificate] // certificates with their keys, by id
	snis          trie.Map[shown]              // by name, in lower case

	consumers     trie.Map[entity.Consumer]
	consumerNames trie.Map[entity.Consumer] // by username and custom_id
	keyAuths      trie.Map[entity.KeyAuth]
	basicAuths    trie.Map[entity.BasicAuth]
	jwtSecrets    trie.Map[entity.JWTSecret]
	hmacAuths     trie.Map[entity.HMACAuth]
	mtlsAuths     trie.Map[entity.MTLSAuth] // by subject and authority: see mtlsKey
	groups        trie.Map[[]string]        // of consumers, by id

	authorities trie.Map[x509.Certificate] // ca_certificates, by id
	asks        asked

	// generation changes with whatever chains and targets are made of.
	generation uint64
}

// Service finds a service by its id, or gives nil.
func (p *Plane) Service(id string) *Service { return p.services.Get(id) }

// Entities implements plugin.Known.
func (p *Plane) Entities() *entity.State { return p.entities }

// Consumer implements plugin.Known, as do the methods below.
func (p *Plane) Consumer(id string) *entity.Consumer { return p.consumers.Get(id) }

// ConsumerNamed implements plugin.Known.
func (p *Plane) ConsumerNamed(name string) *entity.Consumer {
	if c := p.consumerNames.Get(name); c != nil {
		return c
	}
	return p.consumers.Get(name)
}

// KeyAuth implements plugin.Known.
func (p *Plane) KeyAuth(key string) *entity.KeyAuth { return p.keyAuths.Get(key) }

// BasicAuth implements plugin.Known.
func (p *Plane) BasicAuth(username string) *entity.BasicAuth { return p.basicAuths.Get(username) }

// JWTSecret implements plugin.Known.
func (p *Plane) JWTSecret(key string) *entity.JWTSecret { return p.jwtSecrets.Get(key) }

// HMACAuth implements plugin.Known.
func (p *Plane) HMACAuth(username string) *entity.HMACAuth { return p.hmacAuths.Get(username) }

// MTLSAuth implements plugin.Known.
func (p *Plane) MTLSAuth(subject, authority string) *entity.MTLSAuth {
	return p.mtlsAuths.Get(mtlsKey(subject, authority))
}

// Authority implements plugin.Known.
func (p *Plane) Authority(id string) *x509.Certificate { return p.authorities.Get(id) }

// Certificate implements plugin.Known.
func (p *Plane) Certificate(id string) *tls.Certificate {
	if list := p.pairs.Get(id); list != nil && len(*list) > 0 {
		return (*list)[0]
	}
	return nil
}

// Groups implements plugin.Known.
func (p *Plane) Groups(consumer string) []string {
	if g := p.groups.Get(consumer); g != nil {
		return *g
	}
	return nil
}
