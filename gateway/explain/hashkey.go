package explain

import (
	"net/url"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/plane"
	"moongate/gateway/route"
)

// hashKey is what consistent hashing goes by (plane.Upstream has the same of real requests).
func (a *asked) hashKey(u *plane.Upstream, who *entity.Consumer, m *route.Result) string {
	of := func(on, header, arg, capture string) (key string) {
		switch on {
		case "ip":
			return a.Client.Addr().String()
		case "header":
			key, _ = a.Header(strings.ToLower(header), 0)
		case "cookie":
			key, _ = a.Cookie(u.HashOnCookie, 0)
		case "path":
			return a.decoded()
		case "query_arg":
			return a.argument(arg)
		case "consumer":
			if who != nil {
				return who.ID
			}
		case "uri_capture":
			for _, n := range m.Names() {
				if n.Name == capture {
					return m.Capture(n.Group)
				}
			}
		}
		return key
	}
	if key := of(u.HashOn, u.HashOnHeader, u.HashOnQueryArg, u.HashOnURICapture); key != "" {
		return key
	}
	return of(u.HashFallback, u.HashFallbackHeader, u.HashFallbackQueryArg, u.HashFallbackURICapture)
}

// decoded is the path as $uri has it.
func (a *asked) decoded() string {
	if path, err := url.PathUnescape(a.Path); err == nil {
		return path
	}
	return a.Path
}

// argument is $arg_NAME: as it is written, its name in any case.
func (a *asked) argument(name string) string {
	for pair := range strings.SplitSeq(a.query, "&") {
		if key, value, ok := strings.Cut(pair, "="); ok && strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}
