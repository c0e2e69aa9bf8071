package proxy

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// cookieFlags is a proxy_cookie_flags: the first whose cookie fits is applied.
type cookieFlags struct {
	name  *httpd.Value
	regex *httpd.Regex
	flags []*httpd.Value
}

func readCookieDomain(c *directive.Call, cf *conf) error {
	return readCookieRule(c, &cf.domains, &cf.domainSet, true)
}

func readCookiePath(c *directive.Call, cf *conf) error {
	return readCookieRule(c, &cf.paths, &cf.pathSet, false)
}

// readOff handles a cookie directive's single argument; done false leaves the
// rules to be read.
func readOff(c *directive.Call, state *switchable) (done bool, err error) {
	if *state == off {
		return true, directive.Duplicate
	}
	if len(c.Args) > 1 {
		*state = written
		return false, nil
	}
	if c.Args[0] != "off" {
		return true, directive.Errorf("invalid parameter \"%s\"", c.Args[0])
	}
	if *state == written {
		return true, directive.Duplicate
	}
	*state = off
	return true, nil
}

func readCookieRule(c *directive.Call, state *switchable, set *[]*rewrite, domain bool) error {
	if done, err := readOff(c, state); done {
		return err
	}
	w, err := readRule(c, domain, domain)
	if err == nil {
		*set = append(*set, w)
	}
	return err
}

func readCookieFlags(c *directive.Call, cf *conf) error {
	if done, err := readOff(c, &cf.flags); done {
		return err
	}
	f := new(cookieFlags)
	var err error
	if name := c.Args[0]; strings.HasPrefix(name, "~") {
		if f.regex, err = httpd.BuilderOf(c).Regex(name[1:], true); err != nil {
			return directive.Errorf("%s", err)
		}
	} else if f.name, err = httpd.CompileArg(c, name); err != nil {
		return err
	}
	for _, a := range c.Args[1:] {
		v, err := httpd.CompileArg(c, a)
		if err != nil {
			return err
		}
		f.flags = append(f.flags, v)
	}
	cf.flagSet = append(cf.flagSet, f)
	return nil
}

// attribute is a part of a Set-Cookie header; the first is the cookie itself.
type attribute struct {
	name, value string
	hasValue    bool
	gone        bool
}

// splitCookie is ngx_http_proxy_parse_cookie.
func splitCookie(list []attribute, s string) []attribute {
	for {
		part, rest, found := strings.Cut(s, ";")
		name, value, hasValue := strings.Cut(part, "=")
		list = append(list, attribute{name: strings.Trim(name, " "), value: strings.Trim(value, " "), hasValue: hasValue})
		if !found {
			return list
		}
		s = rest
	}
}

// rewriteCookie is ngx_http_proxy_rewrite_cookie.
func rewriteCookie(u *upstreamhttp.Upstream, value string) (string, bool) {
	r := u.R
	cf := slot.Get(r).conf
	var few [8]attribute
	list := splitCookie(few[:0], value)
	if !list[0].hasValue {
		return "", false
	}
	changed := false
	for i := range list[1:] {
		a := &list[i+1]
		if !a.hasValue {
			continue
		}
		rules := cf.domainSet
		switch {
		case http1.EqualFold(a.name, "domain"):
		case http1.EqualFold(a.name, "path"):
			rules = cf.pathSet
		default:
			continue
		}
		if v, ok := applyFirst(r, rules, a.value, 0); ok {
			a.value, changed = v, true
		}
	}
	if cf.flagSet != nil {
		if bits := flagsFor(r, cf.flagSet, list[0].name); bits != 0 {
			list = editFlags(list, bits)
			changed = true
		}
	}
	if !changed {
		return "", false
	}
	return joinCookie(r, list), true
}

func joinCookie(r *httpd.Request, list []attribute) string {
	var room [512]byte
	b := room[:0]
	for i := range list {
		a := &list[i]
		if a.gone {
			continue
		}
		if i > 0 {
			b = append(b, "; "...)
		}
		b = append(b, a.name...)
		if a.hasValue {
			b = append(b, '=')
			b = append(b, a.value...)
		}
	}
	return r.Copy(b)
}

type flagBits uint16

const (
	secureOn flagBits = 1 << iota
	secureOff
	httpOnlyOn
	httpOnlyOff
	sameSiteStrict
	sameSiteLax
	sameSiteNone
	sameSiteOff
)

var flagWords = map[string]flagBits{
	"secure": secureOn, "nosecure": secureOff, "httponly": httpOnlyOn, "nohttponly": httpOnlyOff,
	"samesite=strict": sameSiteStrict, "samesite=lax": sameSiteLax, "samesite=none": sameSiteNone, "nosamesite": sameSiteOff,
}

// flagsFor is what the first rule that fits a cookie asks for.
func flagsFor(r *httpd.Request, rules []*cookieFlags, cookie string) (bits flagBits) {
	for _, f := range rules {
		if f.regex != nil {
			if !r.Match(f.regex, cookie) {
				continue
			}
		} else if !http1.EqualFold(cookie, f.name.Eval(r)) {
			continue
		}
		for _, v := range f.flags {
			bits |= flagWords[strings.ToLower(v.Eval(r))]
		}
		return bits
	}
	return 0
}

// editFlags is ngx_http_proxy_edit_cookie_flags.
func editFlags(list []attribute, bits flagBits) []attribute {
	site := ""
	switch {
	case bits&sameSiteStrict != 0:
		site = "Strict"
	case bits&sameSiteLax != 0:
		site = "Lax"
	case bits&sameSiteNone != 0:
		site = "None"
	}
	secure, httpOnly := bits&secureOn != 0, bits&httpOnlyOn != 0
	for i := range list[1:] {
		a := &list[i+1]
		switch {
		case http1.EqualFold(a.name, "secure"):
			if secure {
				secure = false
			} else if bits&secureOff != 0 {
				a.gone = true
			}
		case http1.EqualFold(a.name, "httponly"):
			if httpOnly {
				httpOnly = false
			} else if bits&httpOnlyOff != 0 {
				a.gone = true
			}
		case http1.EqualFold(a.name, "samesite"):
			if site != "" {
				if !http1.EqualFold(a.value, site) {
					a.name, a.value, a.hasValue = "SameSite", site, true
				}
				site = ""
			} else if bits&sameSiteOff != 0 {
				a.gone = true
			}
		}
	}
	if secure {
		list = append(list, attribute{name: "Secure"})
	}
	if httpOnly {
		list = append(list, attribute{name: "HttpOnly"})
	}
	if site != "" {
		list = append(list, attribute{name: "SameSite", value: site, hasValue: true})
	}
	return list
}
