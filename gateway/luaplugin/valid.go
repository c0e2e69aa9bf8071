package luaplugin

import (
	"net/netip"
	"net/url"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/entity"
)

// valid says what is wrong with a value of one of the typedefs, or "".
func valid(kind, s string) string {
	switch kind {
	case "host":
		return entity.Host(s)
	case "host_port":
		return entity.Address(s)
	case "wildcard":
		return entity.RouteHost(s)
	case "ip":
		if _, err := netip.ParseAddr(s); err != nil {
			return "not an ip address: " + s
		}
	case "ip_or_cidr":
		return entity.IPOrCIDR(s)
	case "cidr_v4":
		if p, err := netip.ParsePrefix(s); err != nil || !p.Addr().Is4() {
			return "invalid cidr: '" + s + "'"
		}
	case "url":
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme == "" {
			return "missing host in url"
		}
	case "header":
		return entity.HeaderName(s)
	case "token":
		if s == "" || strings.ContainsAny(s, " \t()<>@,;:\\\"/[]?={}") {
			return "invalid name: " + s
		}
	case "name":
		if s == "" || strings.Contains(s, "/") {
			return "invalid value '" + s + "': the only accepted ascii characters are alphanumerics or ., -, _, and ~"
		}
	}
	return ""
}

// requestPath is the path of a request as it came.
func requestPath(r *httpd.Request) string {
	if !r.ValidURI {
		return http1.View(http1.AppendEscaped(nil, r.URI, http1.EscapeURI))
	}
	path, _, _ := strings.Cut(r.UnparsedURI, "?")
	return path
}
