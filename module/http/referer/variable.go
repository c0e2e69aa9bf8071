package referer

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/regex"
)

// invalid is ngx_http_referer_variable.
func invalid(r *httpd.Request) (string, bool) {
	v := httpd.Conf[conf](r, Module).valid
	if v == nil || v.names.Len() == 0 && v.patterns == nil && v.serverRegex == nil {
		return "", true
	}
	ref, ok := r.In.Known(http1.Referer)
	if ok && v.allows(r, ref) || !ok && v.none {
		return "", true
	}
	return "1", true
}

func (v *referers) allows(r *httpd.Request, ref string) bool {
	rest := ""
	switch {
	case len(ref) < len("http://i.ru"):
		return v.blocked
	case http1.EqualFold(ref[:7], "http://"):
		rest = ref[7:]
	case http1.EqualFold(ref[:8], "https://"):
		rest = ref[8:]
	default:
		return v.blocked
	}
	n := strings.IndexAny(rest, "/:")
	if n < 0 {
		n = len(rest)
	}
	if n > 256 {
		return false
	}
	host := strings.ToLower(rest[:n])
	if uri, ok := v.names.Find(host); ok {
		at := strings.IndexByte(rest[n:], '/')
		if at < 0 {
			at = len(rest) - n
		}
		return strings.HasPrefix(rest[n+at:], uri)
	}
	for _, re := range v.serverRegex {
		if re.Test(r, host) {
			return true
		}
	}
	ok, err := regex.MatchAny(v.patterns, rest)
	if err != nil {
		r.Logf(errlog.Alert, "%s", err)
	}
	return ok
}
