// Package openidconnect is the plugin openid-connect: people log in at an identity provider
// (OpenID Connect Core 1.0, authorization code flow with PKCE), programs show tokens that it
// has made. The fields are those of Kong's plugin of that name.
//
// A login goes like this. Who comes with a browser and has no session is sent to the
// provider, with a state, a nonce and the digest of a verifier (RFC 7636); these three and
// where he wanted to go lie sealed in a cookie, that of the login. The provider sends him
// back with a code. The state must be one of the cookie's, the code is changed for tokens
// with the verifier, the ID token must be the provider's, for us, with the nonce. Then there
// is a session, which holds the tokens; nobody but us can read it. Access tokens are changed
// for new ones before they end, by one request for all.
//
// What the provider publishes is asked for by the first request that needs it, and anew in
// the background. While the provider is away sessions and tokens that can be judged here go
// on; nobody can log in.
package openidconnect

import (
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
	"moongate/gateway/sessions"
)

// Plugin is openid-connect.
var Plugin = plugin.Plugin{
	Name:    "openid-connect",
	Doc:     "People log in at an identity provider, programs show tokens of it.",
	Without: plugin.OfConsumer,
	Tells:   plugin.ByConfig,
	Config:  schema.Shape{Fields: fields(), Checks: checks()},
	New:     newInstance,
}

func fields() []schema.Field {
	all := []schema.Field{
		{Name: "issuer", Kind: schema.String, Required: true, Check: checkURL, Doc: "The provider: its issuer, or the address of its discovery document."},
		words("auth_methods", []string{"authorization_code", "bearer", "introspection", "session"}, "What lets in.", "authorization_code", "bearer", "client_credentials", "introspection", "password", "refresh_token", "session", "userinfo"),
		plugin.AnonymousField,
		plugin.RunOnPreflightField,
		flag("hide_credentials", true, "Whether the service does not see the credential."),

		one("client_id", "Who we are for the provider.", nil),
		secret(one("client_secret", "And how we prove it.", nil)),
		oneOf("client_auth", "How we show both: in the Authorization header, in the form, by a token that is signed with the secret or with client_jwk, or no secret at all.", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"),
		oneOf("client_alg", "How these tokens are signed; as it is usual for the key without it.", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"),
		clientKey(),
		{Name: "client_jwt_audience", Kind: schema.String, Default: "issuer", Ours: true, OneOf: schema.Words("issuer", "token_endpoint"), Doc: "For whom they are: the provider by its name, or by its token endpoint, as older ones want it."},
		one("redirect_uri", "Where the provider sends people back to; the request's own address without it.", checkURL),
		words("scopes", []string{"openid"}, "What is asked for."),
		words("audience", nil, "For whom the tokens of logins are to be."),
		flag("require_proof_key_for_code_exchange", true, "Whether PKCE is used."),
		{Name: "require_pushed_authorization_requests", Kind: schema.Boolean, Doc: "Whether the provider is given the requests for logins first, so that browsers carry a reference only; as the provider says without it."},
		words("authorization_query_args_names", nil, "More arguments for the provider."),
		words("authorization_query_args_values", nil, "Their values, in the same order."),
		flag("preserve_query_args", false, "Whether the arguments of the first request are the service's after a login (login_action upstream)."),

		{Name: "login_action", Kind: schema.String, Default: "upstream", OneOf: schema.Words("upstream", "redirect", "response"), Doc: "What follows a login: the request goes on to the service, people are sent to where they wanted to go, or they get tokens."},
		one("login_redirect_uri", "Where login_action redirect sends people, in place of where they wanted to go.", checkURL),
		words("login_tokens", []string{"id_token"}, "The tokens of login_action response.", "id_token", "access_token", "refresh_token", "tokens"),

		words("logout_methods", []string{"POST", "DELETE"}, "Methods of requests that may log out.", "GET", "POST", "DELETE"),
		text("logout_query_arg", "The argument that does."),
		text("logout_post_arg", "The field of a body that does."),
		text("logout_uri_suffix", "The end of a path that does."),
		one("logout_redirect_uri", "Where people are sent then, by the provider if it can.", checkURL),
		{Name: "backchannel_logout_path", Kind: schema.String, Ours: true, Check: sessions.CheckPath, Doc: "The path at which the provider says that somebody has logged out there; for session_storage redis."},
		flag("logout_revoke", false, "Whether tokens are revoked at the provider."),
		flag("logout_revoke_access_token", true, "Whether access tokens are."),
		flag("logout_revoke_refresh_token", true, "Whether refresh tokens are."),

		one("unauthorized_redirect_uri", "Where people are sent in place of a 401.", checkURL),
		one("forbidden_redirect_uri", "Where people are sent in place of a 403.", checkURL),
		{Name: "unauthorized_error_message", Kind: schema.String, Default: "Unauthorized", Doc: "What a 401 says."},
		{Name: "forbidden_error_message", Kind: schema.String, Default: "Forbidden", Doc: "What a 403 says."},

		words("bearer_token_param_type", []string{"header", "query", "body"}, "Where tokens may be.", "header", "query", "body", "cookie"),
		text("bearer_token_cookie_name", "The cookie of bearer_token_param_type cookie."),
		words("password_param_type", []string{"header", "query", "body"}, "Where names and passwords may be: in the Authorization header (Basic), or as username and password.", "header", "query", "body"),
		words("client_credentials_param_type", []string{"header", "query", "body"}, "Where a client's own secret may be: in the Authorization header (Basic), or as client_id and client_secret.", "header", "query", "body"),
		words("refresh_token_param_type", []string{"header", "query", "body"}, "Where refresh tokens may be.", "header", "query", "body"),
		{Name: "refresh_token_param_name", Kind: schema.String, Default: "refresh_token", Check: checkParam, Doc: "What they are called; as a header with - for _, also behind X-."},
		words("token_post_args_names", nil, "More fields of requests for tokens."),
		words("token_post_args_values", nil, "Their values, in the same order."),
		flag("cache_tokens", true, "Whether tokens that were had for a password, a client's secret or a refresh token are for who shows the same again."),
		flag("cache_introspection", true, "Whether what the provider says of a token is remembered."),
		flag("cache_user_info", true, "Whether the same holds for its user info, with auth_methods userinfo and without introspection."),
		flag("introspect_jwt_tokens", false, "Whether the provider is asked about tokens that could be judged here too."),
		{Name: "introspection_hint", Kind: schema.String, Default: "access_token", Doc: "Told with a token that is asked about."},
		number("cache_ttl", 3600, "Seconds that what the provider says of a token counts, but not longer than the token."),
		number("cache_ttl_neg", 5, "Seconds that a token is refused without another question."),

		words("issuers_allowed", nil, "The iss of tokens; that of the provider without it."),
		path("audience_claim", []string{"aud"}, "Where a token says for whom it is."),
		words("audience_required", nil, "One of these, each with all of its words, must be there."),
		path("scopes_claim", []string{"scope"}, "Where a token says what it is for."),
		words("scopes_required", nil, "One of these, each with all of its words, must be there."),
		path("groups_claim", []string{"groups"}, "Where a token has groups."),
		words("groups_required", nil, "One of these, each with all of its words, must be there."),
		path("roles_claim", []string{"roles"}, "Where a token has roles."),
		words("roles_required", nil, "One of these, each with all of its words, must be there."),
		words("claims_forbidden", nil, "Claims that a token must not have."),
		number("leeway", 0, "Seconds by which the provider's clock may differ."),

		path("consumer_claim", nil, "The claim that names the consumer, as a path into objects."),
		words("consumer_by", []string{"username", "custom_id"}, "What of a consumer it names.", "id", "username", "custom_id"),
		flag("consumer_optional", false, "Whether who is no consumer is let in too."),
		path("credential_claim", []string{"sub"}, "The claim that is the credential's id."),
		path("authenticated_groups_claim", nil, "The claim with the groups that acl goes by."),
		flag("search_user_info", false, "Whether claims of the provider's user info count too; it is asked at logins and when tokens are changed."),

		headers("upstream_headers_claims", "Claims that the service gets in headers."),
		names("upstream_headers_names", "The headers' names, in the same order."),
		headers("downstream_headers_claims", "Claims that the client gets in headers."),
		names("downstream_headers_names", "The headers' names, in the same order."),
		{Name: "upstream_access_token_header", Kind: schema.String, Default: "authorization:bearer", Check: checkHeader, Doc: "The header in which the service gets the access token; with :bearer behind that word."},
		{Name: "upstream_id_token_header", Kind: schema.String, Check: checkHeader, Doc: "The same for the ID token."},

		{Name: "upstream_refresh_token_header", Kind: schema.String, Check: checkHeader, Doc: "The same for the refresh token."},
		{Name: "downstream_access_token_header", Kind: schema.String, Check: checkHeader, Doc: "The header in which the client gets the access token that was had for it."},
		{Name: "downstream_id_token_header", Kind: schema.String, Check: checkHeader, Doc: "The same for the ID token."},
		{Name: "downstream_refresh_token_header", Kind: schema.String, Check: checkHeader, Doc: "The same for the refresh token."},

		mode("proof_of_possession_dpop", "Whether who shows a token must prove that it is his, by a key of his (DPoP): never (off), where the token is bound to one (optional), always (strict)."),
		mode("proof_of_possession_mtls", "The same by the certificate that was shown in the handshake."),
		flag("proof_of_possession_auth_methods_validation", true, "Whether auth_methods that know no such proof are refused beside these two."),
		flag("dpop_use_nonce", false, "Whether proofs must have a nonce of ours."),
		{Name: "dpop_proof_lifetime", Kind: schema.Number, Default: 300, Between: schema.Between(1, 86400), Doc: "Seconds that a proof, or a nonce, counts."},

		flag("refresh_tokens", true, "Whether access tokens are changed for new ones before they end."),

		address("authorization_endpoint"), address("token_endpoint"), address("introspection_endpoint"), address("userinfo_endpoint"), address("revocation_endpoint"), address("end_session_endpoint"), address("pushed_authorization_request_endpoint"),
		{Name: "rediscovery_lifetime", Kind: schema.Integer, Default: 30, Between: schema.Between(1, 86400), Doc: "Seconds within which the provider's keys are not asked for again, whatever tokens say."},
		{Name: "timeout", Kind: schema.Integer, Default: 10000, Between: schema.Between(1, 600000), Doc: "Milliseconds that the provider may take for an answer."},
		flag("keepalive", true, "Whether connections to it are kept."),
		flag("ssl_verify", true, "Whether its certificate is checked."),

		{Name: "authorization_cookie_name", Kind: schema.String, Default: "authorization", Check: sessions.CheckName, Doc: "The cookie of logins that have begun."},
		{Name: "authorization_cookie_path", Kind: schema.String, Default: "/", Check: sessions.CheckPath, Doc: "For which paths it is."},
		{Name: "authorization_cookie_domain", Kind: schema.String, Check: sessions.CheckDomain, Doc: "For which hosts it is; only the one asked without it."},
		{Name: "authorization_cookie_same_site", Kind: schema.String, Default: "Lax", OneOf: schema.Words("Lax", "None", "Default"), Doc: "Whether it comes with requests that other sites cause."},
		{Name: "authorization_cookie_http_only", Kind: schema.Boolean, Default: true, Doc: "Whether scripts in pages can't see it."},
		{Name: "authorization_cookie_secure", Kind: schema.Boolean, Doc: "Whether it comes over TLS only; as the request does without it."},
		{Name: "authorization_rolling_timeout", Kind: schema.Number, Default: 600, Between: schema.Between(1, 86400), Doc: "Seconds that a login may take."},
	}
	return append(append(all, sessions.Fields("session_", "Lax", nil)...), sessions.RedisField())
}
