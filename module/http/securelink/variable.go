package securelink

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// state keeps the time of the link that $secure_link has looked at.
type state struct{ expires string }

var slot = httpd.NewSlot[state]()

// varLink is ngx_http_secure_link_variable.
func varLink(r *httpd.Request) (string, bool) {
	cf := httpd.Conf[conf](r, Module)
	if cf.secret.Written {
		return prefixed(r.UnparsedURI, cf.secret.V)
	}
	if cf.link.V == nil || cf.md5.V == nil {
		return "", false
	}
	hash, when, timed := strings.Cut(cf.link.V.Eval(r), ",")
	var expires int64
	if timed {
		var err error
		if expires, err = strconv.ParseInt(when, 10, 64); err != nil || expires <= 0 || when[0] == '+' {
			return "", false
		}
		slot.Put(r, &state{when})
	}
	if len(hash) > 24 {
		return "", false
	}
	got, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(hash, "="))
	if err != nil || len(got) != md5.Size {
		return "", false
	}
	want := md5.Sum([]byte(cf.md5.V.Eval(r)))
	if subtle.ConstantTimeCompare(got, want[:]) != 1 {
		return "", false
	}
	if timed && expires < event.Now().Unix() {
		return "0", true
	}
	return "1", true
}

// prefixed is ngx_http_secure_link_old_variable: /prefix/hash/link, where hash is
// the MD5 of link and secret.
func prefixed(uri, secret string) (string, bool) {
	if uri == "" {
		return "", false
	}
	_, rest, ok := strings.Cut(uri[1:], "/")
	if !ok {
		return "", false
	}
	hash, link, ok := strings.Cut(rest, "/")
	if !ok || len(hash) != 2*md5.Size || link == "" {
		return "", false
	}
	got, err := hex.DecodeString(hash)
	if err != nil {
		return "", false
	}
	want := md5.Sum([]byte(link + secret))
	if subtle.ConstantTimeCompare(got, want[:]) != 1 {
		return "", false
	}
	return link, true
}

func varExpires(r *httpd.Request) (string, bool) {
	if s := slot.Get(r); s != nil {
		return s.expires, true
	}
	return "", false
}
