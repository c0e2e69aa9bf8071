package logging

import (
	"slices"
	"strings"

	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// hiddenText stands in place of what lets somebody in.
const hiddenText = "REDACTED"

var (
	secretHeaders = []string{"authorization", "proxy-authorization", "access-token", "refresh-token", "x-refresh-token"}
	// secretArgs are arguments of OAuth and OpenID Connect (RFC 6749, RFC 6750, RFC 7521).
	secretArgs = []string{"access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "password", "logout_token"}
)

// hidden keeps credentials out of logs: headers or arguments of these names.
func hidden(m map[string]any, names []string) map[string]any {
	for _, name := range names {
		if m[name] != nil {
			m[name] = hiddenText
		}
	}
	return m
}

// plainURI is an address without the values of secretArgs. Names may be escaped.
func plainURI(r *httpd.Request, uri string) string {
	path, query, ok := strings.Cut(uri, "?")
	if !ok {
		return uri
	}
	var b strings.Builder
	found := false
	for pair := range strings.SplitSeq(query, "&") {
		name, _, given := strings.Cut(pair, "=")
		if given && slices.Contains(secretArgs, plugin.Unescape(r, name)) {
			pair, found = name+"="+hiddenText, true
		}
		b.WriteByte('&')
		b.WriteString(pair)
	}
	if !found {
		return uri
	}
	return path + "?" + b.String()[1:]
}
