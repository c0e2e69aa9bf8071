package openidconnect_test

import (
	"strings"
	"testing"

	"moongate/gateway/plugin/plugintest"
)

func TestRefused(t *testing.T) {
	const id = `"issuer":"https://id.test","client_id":["x"]`
	for config, want := range map[string]string{
		`{` + id + `}`:                     "",
		`{}`:                               "issuer: required field missing",
		`{"issuer":"id.test"}`:             "missing scheme in url",
		`{"issuer":"https://a:b@id.test"}`: "must not have user info",
		`{"issuer":"https://id.test"}`:     "client_id: is required for auth_methods authorization_code",
		`{` + id + `,"auth_methods":["kong_oauth2"]}`:                                    "expected one of",
		`{` + id + `,"redirect_uri":["/x"]}`:                                             "missing scheme in url",
		`{` + id + `,"client_secret":["a","b"]}`:                                         "client_secret: length must be at most 1",
		`{` + id + `,"session_secret":"short"}`:                                          "session_secret: length must be at least 16",
		`{` + id + `,"session_storage":"redis"}`:                                         "redis.host: required field missing",
		`{` + id + `,"session_cookie_name":"a;b"}`:                                       "is no name of a cookie",
		`{` + id + `,"session_cookie_name":"a","authorization_cookie_name":"a"}`:         "must not be session_cookie_name",
		`{` + id + `,"session_cookie_same_site":"Strict","login_action":"redirect"}`:     "Strict keeps the cookie from the request that follows a login",
		`{` + id + `,"upstream_headers_claims":["a"]}`:                                   "must have as many members as upstream_headers_claims",
		`{` + id + `,"upstream_headers_claims":["a"],"upstream_headers_names":["Host"]}`: "cannot be set",
		`{` + id + `,"upstream_access_token_header":"a b"}`:                              "is not a valid header",
	} {
		if got := plugintest.Refused(plugintest.Plugin("openid-connect", config)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
