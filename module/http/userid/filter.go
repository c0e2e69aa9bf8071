package userid

import (
	"encoding/base64"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// filter is ngx_http_userid_filter.
func filter(r *httpd.Request) httpd.Result {
	if !r.IsMain() {
		return httpd.OK
	}
	cf := httpd.Conf[conf](r, Module)
	s := find(r, cf)
	if !s.create(r, cf) {
		return httpd.Error
	}
	if !s.sent.given() {
		return httpd.OK
	}
	r.Out.Add("Set-Cookie", r.Copy(s.append(nil, cf)))
	if cf.p3p.V != "" {
		r.Out.Add("P3P", cf.p3p.V)
	}
	return httpd.OK
}

// append is ngx_http_userid_set_uid: the Set-Cookie header.
func (s *state) append(b []byte, cf *conf) []byte {
	b = append(b, cf.name.V...)
	b = append(b, '=')
	if !s.got.given() || s.reset {
		b = base64.StdEncoding.AppendEncode(b, s.sent[:])
		if cf.mark.V != 0 {
			b[len(b)-2] = cf.mark.V
		}
	} else {
		b = append(b, s.cookie[:22]...)
		b = append(b, cf.mark.V, '=')
	}
	if e := cf.expires.V; e == expiresMax {
		b = append(b, "; expires=Thu, 31-Dec-37 23:55:55 GMT"...)
	} else if e != 0 {
		b = append(b, "; expires="...)
		b = http1.AppendCookieDate(b, event.Now().Unix()+e)
	}
	b = append(b, cf.domain.V...)
	b = append(b, cf.path.V...)
	for _, f := range [...]struct {
		flag uint
		text string
	}{{flagSecure, "; secure"}, {flagHTTPOnly, "; httponly"}, {flagStrict, "; samesite=strict"}, {flagLax, "; samesite=lax"}, {flagNone, "; samesite=none"}} {
		if cf.flags.V&f.flag != 0 {
			b = append(b, f.text...)
		}
	}
	return b
}

// varGot is $uid_got.
func varGot(r *httpd.Request) (string, bool) {
	m := r.Main
	cf := httpd.Conf[conf](m, Module)
	if cf.mode.V == modeOff {
		return "", false
	}
	s := find(m, cf)
	if !s.got.given() {
		return "", false
	}
	return r.Concat(cf.name.V, "=", s.got.String()), true
}

// varSet is $uid_set.
func varSet(r *httpd.Request) (string, bool) {
	m := r.Main
	cf := httpd.Conf[conf](m, Module)
	if cf.mode.V < modeV1 {
		return "", false
	}
	s := find(m, cf)
	if !s.create(m, cf) || !s.sent.given() {
		return "", false
	}
	return r.Concat(cf.name.V, "=", s.sent.String()), true
}
