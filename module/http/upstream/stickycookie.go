package upstream

import (
	"strconv"
	"strings"
	"time"

	"moongate/core/config/directive"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/upstream/balance/sticky"
)

// stickyCookie is what sticky cookie puts into answers.
type stickyCookie struct {
	name             string
	domain, sameSite *httpd.Value
	path             string
	expires          int64 // seconds; -1: none, forever: max
	httpOnly, secure bool
}

const forever = 2145916555 // NGX_HTTP_STICKY_COOKIE_MAX_EXPIRES

// readStickyCookie is ngx_http_upstream_sticky_cookie.
func readStickyCookie(c *directive.Call, b *sticky.Balancer) error {
	k := &stickyCookie{name: c.Args[1], expires: -1}
	if k.name == "" {
		return directive.Reason("empty cookie name")
	}
	for _, a := range c.Args[2:] {
		if err := k.read(c, a); err != nil {
			return err
		}
	}
	b.Lookup = firstOf(c, []string{"cookie_" + k.name})
	b.Insert = k.insert
	return nil
}

func (k *stickyCookie) read(c *directive.Call, arg string) (err error) {
	name, value, hasValue := strings.Cut(arg, "=")
	again := directive.Reason("parameter \"" + name + "\" is duplicate")
	empty := directive.Reason("no value for \"" + name + "\"")
	switch {
	case name == "domain" && hasValue:
		switch {
		case k.domain != nil:
			return again
		case value == "":
			return empty
		}
		k.domain, err = httpd.CompileArg(c, value)
	case name == "path" && hasValue:
		switch {
		case k.path != "":
			return again
		case value == "":
			return empty
		}
		k.path = value
	case name == "expires" && hasValue:
		if k.expires >= 0 {
			return again
		}
		if value == "max" {
			k.expires = forever
			return nil
		}
		d, ok := directive.ParseSec(value)
		if !ok {
			return directive.Reason("invalid \"expires\" parameter value")
		}
		k.expires = int64(d / time.Second)
	case arg == "httponly":
		if k.httpOnly {
			return again
		}
		k.httpOnly = true
	case arg == "secure":
		if k.secure {
			return again
		}
		k.secure = true
	case name == "samesite" && hasValue:
		if k.sameSite != nil {
			return again
		}
		if k.sameSite, err = httpd.CompileArg(c, value); err == nil && k.sameSite.Literal() && !isSameSite(value) {
			return directive.Reason("invalid \"samesite\" parameter value")
		}
	default:
		return directive.Errorf("unknown parameter \"%s\"", arg)
	}
	return err
}

func isSameSite(s string) bool {
	return http1.EqualFold(s, "strict") || http1.EqualFold(s, "lax") || http1.EqualFold(s, "none")
}

// insert is ngx_http_upstream_sticky_cookie_insert: the cookie of a later try takes
// the place of the one before.
func (k *stickyCookie) insert(request any, sid string, place int) int {
	r := request.(*httpd.Request)
	h := http1.Header{Name: "Set-Cookie", Value: k.value(r, sid), ID: http1.SetCookie}
	list := r.Out.List
	if place > 0 && place <= len(list) && list[place-1].ID == http1.SetCookie {
		list[place-1] = h
		return place
	}
	r.Out.List = append(list, h)
	return len(r.Out.List)
}

func (k *stickyCookie) value(r *httpd.Request, sid string) string {
	var room [256]byte
	b := append(room[:0], k.name...)
	b = append(b, '=')
	b = append(b, sid...)
	switch k.expires {
	case -1:
	case forever:
		b = append(b, "; expires=Thu, 31-Dec-37 23:55:55 GMT; max-age=315360000"...)
	default:
		b = append(b, "; expires="...)
		b = http1.AppendCookieDate(b, event.UnixNano()/1e9+k.expires)
		b = append(b, "; max-age="...)
		b = strconv.AppendInt(b, k.expires, 10)
	}
	if k.domain != nil {
		if d := k.domain.Eval(r); d != "" {
			b = append(b, "; domain="...)
			b = append(b, d...)
		}
	}
	if k.httpOnly {
		b = append(b, "; httponly"...)
	}
	if k.secure {
		b = append(b, "; secure"...)
	}
	if k.sameSite != nil {
		if s := k.sameSite.Eval(r); s != "" {
			if !isSameSite(s) {
				s = "strict"
			}
			b = append(b, "; samesite="...)
			b = append(b, s...)
		}
	}
	if k.path != "" {
		b = append(b, "; path="...)
		b = append(b, k.path...)
	}
	return r.Copy(b)
}
