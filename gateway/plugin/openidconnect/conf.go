package openidconnect

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/client"
	"moongate/gateway/jose"
	"moongate/gateway/oauth"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// instance is one configuration in one worker.
type instance struct {
	plugin.Gate
	Issuer  string   `json:"issuer"`
	Methods []string `json:"auth_methods"`
	Hide    bool     `json:"hide_credentials"`

	ClientID     []string          `json:"client_id"`
	ClientSecret []string          `json:"client_secret"`
	ClientAuth   []string          `json:"client_auth"`
	ClientAlg    []string          `json:"client_alg"`
	ClientKey    []json.RawMessage `json:"client_jwk"`
	ClientFor    string            `json:"client_jwt_audience"`
	Push         *bool             `json:"require_pushed_authorization_requests"`
	RedirectURI  []string          `json:"redirect_uri"`
	Scopes       []string          `json:"scopes"`
	Audience     []string          `json:"audience"`
	PKCE         bool              `json:"require_proof_key_for_code_exchange"`
	ArgNames     []string          `json:"authorization_query_args_names"`
	ArgValues    []string          `json:"authorization_query_args_values"`
	PreserveArgs bool              `json:"preserve_query_args"`

	LoginAction   string   `json:"login_action"`
	LoginRedirect []string `json:"login_redirect_uri"`
	LoginTokens   []string `json:"login_tokens"`

	LogoutMethods  []string `json:"logout_methods"`
	LogoutArg      string   `json:"logout_query_arg"`
	LogoutField    string   `json:"logout_post_arg"`
	LogoutSuffix   string   `json:"logout_uri_suffix"`
	LogoutRedirect []string `json:"logout_redirect_uri"`
	BackChannel    string   `json:"backchannel_logout_path"`
	Revoke         bool     `json:"logout_revoke"`
	RevokeAccess   bool     `json:"logout_revoke_access_token"`
	RevokeRefresh  bool     `json:"logout_revoke_refresh_token"`

	UnauthorizedRedirect []string `json:"unauthorized_redirect_uri"`
	ForbiddenRedirect    []string `json:"forbidden_redirect_uri"`
	UnauthorizedText     string   `json:"unauthorized_error_message"`
	ForbiddenText        string   `json:"forbidden_error_message"`

	BearerIn      []string `json:"bearer_token_param_type"`
	BearerCookie  string   `json:"bearer_token_cookie_name"`
	PasswordIn    []string `json:"password_param_type"`
	ClientIn      []string `json:"client_credentials_param_type"`
	RefreshIn     []string `json:"refresh_token_param_type"`
	RefreshName   string   `json:"refresh_token_param_name"`
	PostNames     []string `json:"token_post_args_names"`
	PostValues    []string `json:"token_post_args_values"`
	CacheTokens   bool     `json:"cache_tokens"`
	CacheAsked    bool     `json:"cache_introspection"`
	CacheUserInfo bool     `json:"cache_user_info"`
	IntrospectJWT bool     `json:"introspect_jwt_tokens"`
	Hint          string   `json:"introspection_hint"`
	TTL           float64  `json:"cache_ttl"`
	Deny          float64  `json:"cache_ttl_neg"`

	IssuersAllowed   []string `json:"issuers_allowed"`
	AudienceClaim    []string `json:"audience_claim"`
	AudienceRequired []string `json:"audience_required"`
	ScopesClaim      []string `json:"scopes_claim"`
	ScopesRequired   []string `json:"scopes_required"`
	GroupsClaim      []string `json:"groups_claim"`
	GroupsRequired   []string `json:"groups_required"`
	RolesClaim       []string `json:"roles_claim"`
	RolesRequired    []string `json:"roles_required"`
	Forbidden        []string `json:"claims_forbidden"`
	Leeway           float64  `json:"leeway"`

	ConsumerClaim    []string `json:"consumer_claim"`
	ConsumerBy       []string `json:"consumer_by"`
	ConsumerOptional bool     `json:"consumer_optional"`
	CredentialClaim  []string `json:"credential_claim"`
	AuthGroupsClaim  []string `json:"authenticated_groups_claim"`
	SearchUserInfo   bool     `json:"search_user_info"`

	UpstreamClaims   []string `json:"upstream_headers_claims"`
	UpstreamNames    []string `json:"upstream_headers_names"`
	DownstreamClaims []string `json:"downstream_headers_claims"`
	DownstreamNames  []string `json:"downstream_headers_names"`
	AccessHeader     string   `json:"upstream_access_token_header"`
	IDHeader         string   `json:"upstream_id_token_header"`
	RefreshHeader    string   `json:"upstream_refresh_token_header"`
	DownAccess       string   `json:"downstream_access_token_header"`
	DownID           string   `json:"downstream_id_token_header"`
	DownRefresh      string   `json:"downstream_refresh_token_header"`

	Refresh bool `json:"refresh_tokens"`

	DPoP       string  `json:"proof_of_possession_dpop"`
	MTLS       string  `json:"proof_of_possession_mtls"`
	UseNonce   bool    `json:"dpop_use_nonce"`
	ProofLasts float64 `json:"dpop_proof_lifetime"`

	endpoints
	Rediscovery int  `json:"rediscovery_lifetime"`
	Timeout     int  `json:"timeout"`
	Keepalive   bool `json:"keepalive"`
	Verify      bool `json:"ssl_verify"`

	LoginName     string  `json:"authorization_cookie_name"`
	LoginPath     string  `json:"authorization_cookie_path"`
	LoginDomain   string  `json:"authorization_cookie_domain"`
	LoginSameSite string  `json:"authorization_cookie_same_site"`
	LoginHTTPOnly bool    `json:"authorization_cookie_http_only"`
	LoginSecure   *bool   `json:"authorization_cookie_secure"`
	LoginTimeout  float64 `json:"authorization_rolling_timeout"`

	SessionName string `json:"session_cookie_name"`
	domain      string // of session cookies

	env       *plugin.Env
	id        string
	can       methods
	client    *client.Client
	signer    *jose.Signer // nil unless we prove ourselves with it
	provider  *provider
	tokens    *oauth.Tokens // what the provider says of them
	store     *sessions.Store
	sealer    *sessions.Sealer // of logins, and of tokens that workers share
	noncer    *sessions.Sealer // of nonces for proofs
	mark      string           // of this version of the configuration
	grants    atomic.Int32     // requests that ask for tokens now
	challenge string
	seldom    plugin.Seldom
}

type methods struct{ login, bearer, introspection, userInfo, session, password, client, refresh bool }

// endpoints are addresses at the provider.
type endpoints struct {
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Introspection string `json:"introspection_endpoint"`
	UserInfo      string `json:"userinfo_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
	EndSession    string `json:"end_session_endpoint"`
	Pushed        string `json:"pushed_authorization_request_endpoint"`
}

// or is e with those of others where it has none.
func (e endpoints) or(o endpoints) endpoints {
	return endpoints{cmp.Or(e.Authorization, o.Authorization), cmp.Or(e.Token, o.Token), cmp.Or(e.Introspection, o.Introspection),
		cmp.Or(e.UserInfo, o.UserInfo), cmp.Or(e.Revocation, o.Revocation), cmp.Or(e.EndSession, o.EndSession), cmp.Or(e.Pushed, o.Pushed)}
}

const (
	mostAnswer = 1 << 20
	keep       = 16 // connections to the provider
	keepFor    = 60 * time.Second
)

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{env: e, id: c.ID}
	if err := c.Decode(i); err != nil {
		return nil, err
	}
	has := func(m string) bool { return slices.Contains(i.Methods, m) }
	i.can = methods{login: has("authorization_code"), bearer: has("bearer"), introspection: has("introspection"), userInfo: has("userinfo"),
		session: has("session"), password: has("password"), client: has("client_credentials"), refresh: has("refresh_token")}
	var err error
	if i.signer, err = i.newSigner(); err != nil {
		return nil, err
	}
	i.challenge = plugin.Challenge("Bearer", realm(i.Issuer))
	if i.DPoP == "strict" {
		i.challenge = plugin.Challenge("DPoP", realm(i.Issuer)) + `, algs="` + algs + `"`
	}
	if e.Worker != nil { // otherwise it is only to tell
		if err := i.open(c); err != nil {
			return nil, err
		}
	}
	if i.MTLS != "off" {
		return asker{i}, nil
	}
	return i, nil
}

// open makes what requests need.
func (i *instance) open(c *plugin.Config) (err error) {
	e := i.env
	i.client = &client.Client{Loop: e.Worker.Loop, Timeout: time.Duration(i.Timeout) * time.Millisecond, Most: mostAnswer, Insecure: !i.Verify}
	if i.Keepalive {
		i.client.Keep, i.client.KeepFor = keep, keepFor
	}
	i.provider = i.newProvider()
	i.tokens = &oauth.Tokens{Keep: seconds(i.TTL), Deny: seconds(i.Deny), Timeout: i.client.Timeout, Now: event.Now}
	if i.can.introspection && !i.CacheAsked || !i.can.introspection && !i.CacheUserInfo {
		i.tokens.Keep, i.tokens.Deny = time.Nanosecond, 0
	}
	mark := sha256.Sum256(c.Raw)
	i.mark = string(mark[:])
	var conf sessions.Config
	if err := conf.Read(c.Raw, "session_"); err != nil {
		return err
	}
	i.domain = conf.Domain
	secrets := append([]string{conf.Secret}, conf.Before...)
	if i.sealer, err = sessions.NewSealer("openid-connect login\x00"+i.Issuer, secrets...); err != nil {
		return err
	}
	if i.noncer, err = sessions.NewSealer("openid-connect nonce\x00"+i.Issuer, secrets...); err != nil {
		return err
	}
	i.store, err = sessions.New(e, conf, "openid-connect\x00"+i.Issuer)
	return err
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// realm is what challenges name: the provider's host.
func realm(issuer string) string {
	_, rest, _ := strings.Cut(issuer, "://")
	host, _, _ := strings.Cut(rest, "/")
	return strings.Map(func(c rune) rune {
		if c == '"' || c < ' ' {
			return -1
		}
		return c
	}, host)
}

// first is the member of a list for one client.
func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// failed logs what keeps a request from where it wants to go, and is no fault of its own.
func (i *instance) failed(what string, err error) {
	if missed, ok := i.seldom.Now(); ok {
		i.env.Log.Error(nil, "gateway: openid-connect %s: %s (%d more lines since the last one): %v", i.id, what, missed, err)
	}
}

// Close implements plugin.Closer.
func (i *instance) Close() {
	if i.client != nil {
		i.client.Close()
		i.store.Close()
	}
}
