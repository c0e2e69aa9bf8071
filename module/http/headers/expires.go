package headers

import (
	"strconv"
	"time"

	"moongate/core/config/directive"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// expiry is the expires directive.
type expiry struct {
	kind  expiryKind
	time  int64        // seconds
	value *httpd.Value // with variables: read for each request
}

type expiryKind uint8

const (
	expiresOff expiryKind = iota
	expiresEpoch
	expiresMax
	expiresAccess
	expiresModified
	expiresDaily
)

// readExpires is ngx_http_headers_expires.
func readExpires(c *directive.Call) (expiry, error) {
	e := expiry{kind: expiresAccess}
	text := c.Args[0]
	if len(c.Args) == 2 {
		if text != "modified" {
			return e, directive.Reason("invalid value")
		}
		e.kind, text = expiresModified, c.Args[1]
	}
	v, err := httpd.CompileArg(c, text)
	if err != nil {
		return e, err
	}
	if !v.Literal() {
		e.value = v
		return e, nil
	}
	if reason := e.parse(text); reason != "" {
		return e, directive.Reason(reason)
	}
	return e, nil
}

// parse is ngx_http_parse_expires. It gives the reason why a text is wrong.
func (e *expiry) parse(s string) string {
	if e.kind != expiresModified {
		switch s {
		case "epoch":
			e.kind = expiresEpoch
			return ""
		case "max":
			e.kind = expiresMax
			return ""
		case "off":
			e.kind = expiresOff
			return ""
		}
	}
	minus := false
	if s != "" {
		switch s[0] {
		case '@':
			if e.kind == expiresModified {
				return "daily time cannot be used with \"modified\" parameter"
			}
			s, e.kind = s[1:], expiresDaily
		case '+':
			s = s[1:]
		case '-':
			s, minus = s[1:], true
		}
	}
	d, ok := directive.ParseSec(s)
	if !ok {
		return "invalid value"
	}
	e.time = int64(d / time.Second)
	if e.kind == expiresDaily && e.time > 24*60*60 {
		return "daily time value must be less than 24 hours"
	}
	if minus {
		e.time = -e.time
	}
	return ""
}

// apply is ngx_http_set_expires.
func (e *expiry) apply(r *httpd.Request) {
	x := *e
	if e.value != nil {
		if x.parse(e.value.Eval(r)) != "" || x.kind == expiresOff {
			return
		}
	}
	o := &r.Out
	switch x.kind {
	case expiresEpoch:
		set(o, "Thu, 01 Jan 1970 00:00:01 GMT", "no-cache")
		return
	case expiresMax:
		set(o, "Thu, 31 Dec 2037 23:55:55 GMT", "max-age=315360000")
		return
	}
	now := event.Now().Unix()
	var at, age int64
	switch {
	case x.kind == expiresDaily:
		at = nextTime(now, x.time)
		age = at - now
	case x.time == 0:
		at = now
	case x.kind == expiresAccess || o.Modified() < 0:
		age, at = x.time, now+x.time
	default:
		at = o.Modified() + x.time
		age = at - now
	}
	date := r.Copy(http1.AppendDate(nil, at))
	if e.value == nil && e.time < 0 || age < 0 {
		set(o, date, "no-cache")
		return
	}
	set(o, date, r.Concat("max-age=", strconv.FormatInt(age, 10)))
}

func set(o *httpd.HeadersOut, expires, control string) {
	o.Set("Expires", expires)
	o.Set("Cache-Control", control)
}

// nextTime is the next moment at which it is sec seconds after midnight, local
// time (ngx_next_time).
func nextTime(now, sec int64) int64 {
	t := time.Unix(now, 0)
	day := func(n int) int64 {
		return time.Date(t.Year(), t.Month(), t.Day()+n, int(sec/3600), int(sec/60%60), int(sec%60), 0, time.Local).Unix()
	}
	if next := day(0); next > now {
		return next
	}
	return day(1)
}
