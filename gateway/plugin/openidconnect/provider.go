package openidconnect

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/jose"
)

// provider is what the provider publishes.
type provider struct {
	keys jose.Published
	meta atomic.Pointer[metadata]
}

// metadata is a discovery document (OpenID Connect Discovery 1.0, 3), as far as we need it.
type metadata struct {
	Issuer  string `json:"issuer"`
	JWKSURI string `json:"jwks_uri"`
	// NamesItself says that answers to logins have iss.
	NamesItself bool `json:"authorization_response_iss_parameter_supported"`
	// WantsPush says that logins must begin with a pushed request.
	WantsPush bool `json:"require_pushed_authorization_requests"`
	endpoints
}

const wellKnown = "/.well-known/openid-configuration"

// refresh is after how long keys are asked for again.
const refresh = 10 * time.Minute

func (i *instance) newProvider() *provider {
	p := new(provider)
	p.keys = jose.Published{
		Fetch: func() ([]byte, error) {
			m, err := i.discover()
			if err != nil {
				return nil, err
			}
			keys, err := jose.Fetch(i.client, m.JWKSURI)
			if err == nil {
				p.meta.Store(m)
			}
			return keys, err
		},
		Start: i.env.Worker.Loop.Go,
		Failed: func(err error) {
			i.env.Log.Error(nil, "gateway: openid-connect %s: the provider is not known: %s", i.id, err)
		},
		Clock:   event.Mono,
		Refresh: refresh,
		Pause:   time.Duration(i.Rediscovery) * time.Second,
	}
	return p
}

// known is what the provider has published, nil as long as nothing is known.
func (p *provider) known() *metadata {
	p.keys.Ready()
	return p.meta.Load()
}

// discover asks for the document. The issuer that it names must be the one that was asked,
// or whoever can answer for it could speak for others (4.3).
func (i *instance) discover() (*metadata, error) {
	issuer, _ := strings.CutSuffix(i.Issuer, wellKnown)
	issuer = strings.TrimRight(issuer, "/")
	body, err := jose.Fetch(i.client, issuer+wellKnown)
	if err != nil {
		return nil, err
	}
	m := new(metadata)
	if err := json.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("%s: %w", issuer+wellKnown, err)
	}
	if strings.TrimRight(m.Issuer, "/") != issuer && !slices.Contains(i.IssuersAllowed, m.Issuer) {
		return nil, fmt.Errorf("%s: the issuer is %q, which issuers_allowed does not have", issuer+wellKnown, m.Issuer)
	}
	m.endpoints = i.endpoints.or(m.endpoints)
	for _, e := range []string{m.JWKSURI, m.Authorization, m.Token, m.Introspection, m.UserInfo, m.Revocation, m.EndSession, m.Pushed} {
		if wrong := checkURL(e); e != "" && wrong != "" {
			return nil, fmt.Errorf("%s: %q: %s", issuer+wellKnown, e, wrong)
		}
	}
	if m.JWKSURI == "" {
		return nil, fmt.Errorf("%s: there is no jwks_uri", issuer+wellKnown)
	}
	return m, nil
}

// issued tells whether an issuer's tokens count.
func (i *instance) issued(m *metadata, iss any) bool {
	s, _ := iss.(string)
	if len(i.IssuersAllowed) > 0 {
		return slices.Contains(i.IssuersAllowed, s)
	}
	return s == m.Issuer
}
