package proxy

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// rewrite is a rule of proxy_redirect, proxy_cookie_domain or proxy_cookie_path
// (ngx_http_proxy_rewrite_t).
type rewrite struct {
	prefix *httpd.Value // the value begins with it,
	domain *httpd.Value // is it, but for a dot in front and case,
	regex  *httpd.Regex // or matches
	with   *httpd.Value
}

// apply rewrites value[from:]; ok false leaves it as it is.
func (w *rewrite) apply(r *httpd.Request, value string, from int) (string, bool) {
	part := value[from:]
	n := len(part)
	switch {
	case w.regex != nil:
		if !r.Match(w.regex, part) {
			return "", false
		}
	case w.domain != nil:
		if part != "" && part[0] == '.' {
			part = part[1:]
			from++
			n--
		}
		if !http1.EqualFold(part, w.domain.Eval(r)) {
			return "", false
		}
	default:
		prefix := w.prefix.Eval(r)
		if !strings.HasPrefix(part, prefix) {
			return "", false
		}
		n = len(prefix)
	}
	with := w.with.Eval(r)
	if from == 0 && n == len(value) {
		return with, true
	}
	return r.Concat(value[:from], with, value[from+n:]), true
}

func applyFirst(r *httpd.Request, rules []*rewrite, value string, from int) (string, bool) {
	for _, w := range rules {
		if v, ok := w.apply(r, value, from); ok {
			return v, true
		}
	}
	return "", false
}

// readRule reads "pattern replacement". A regex that begins with "~" is matched
// without regard to case if caseless says so or a "*" follows.
func readRule(c *directive.Call, caseless, domain bool) (*rewrite, error) {
	pattern, with := c.Args[0], c.Args[1]
	w := new(rewrite)
	var err error
	switch {
	case strings.HasPrefix(pattern, "~"):
		pattern = pattern[1:]
		if !caseless && strings.HasPrefix(pattern, "*") {
			caseless, pattern = true, pattern[1:]
		}
		if w.regex, err = httpd.BuilderOf(c).Regex(pattern, caseless); err != nil {
			return nil, directive.Errorf("%s", err)
		}
	case domain:
		if w.domain, err = httpd.CompileArg(c, strings.TrimPrefix(pattern, ".")); err != nil {
			return nil, err
		}
		with = strings.TrimPrefix(with, ".")
	default:
		if w.prefix, err = httpd.CompileArg(c, pattern); err != nil {
			return nil, err
		}
	}
	w.with, err = httpd.CompileArg(c, with)
	return w, err
}
