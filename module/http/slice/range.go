package slice

import (
	"math"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

func appendRange(b []byte, from, to int64) []byte {
	b = append(b, "bytes="...)
	b = strconv.AppendInt(b, from, 10)
	b = append(b, '-')
	return strconv.AppendInt(b, to, 10)
}

// firstByte is where the client's Range begins, 0 when that can't be known yet
// (ngx_http_slice_get_start).
func firstByte(r *httpd.Request) int64 {
	if _, conditional := r.In.Known(http1.IfRange); conditional {
		return 0
	}
	v, _ := r.In.Known(http1.Range)
	if len(v) < 7 || !http1.EqualFold(v[:6], "bytes=") || strings.Contains(v, ",") {
		return 0
	}
	n, _, ok := number(strings.TrimLeft(v[6:], " "))
	if !ok {
		return 0
	}
	return n
}

// contentRange reads "bytes 0-9/100": total is -1 for an asterisk, to is behind the last
// byte (ngx_http_slice_parse_content_range).
func contentRange(v string) (from, to, total int64, ok bool) {
	rest, ok := strings.CutPrefix(v, "bytes ")
	if !ok {
		return 0, 0, 0, false
	}
	if from, rest, ok = number(strings.TrimLeft(rest, " ")); !ok {
		return 0, 0, 0, false
	}
	if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), "-"); !ok {
		return 0, 0, 0, false
	}
	if to, rest, ok = number(strings.TrimLeft(rest, " ")); !ok {
		return 0, 0, 0, false
	}
	if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), "/"); !ok {
		return 0, 0, 0, false
	}
	rest = strings.TrimLeft(rest, " ")
	if after, any := strings.CutPrefix(rest, "*"); any {
		rest, total = after, -1
	} else if total, rest, ok = number(rest); !ok {
		return 0, 0, 0, false
	}
	return from, to + 1, total, strings.Trim(rest, " ") == ""
}

// number reads the digits that s begins with.
func number(s string) (n int64, rest string, ok bool) {
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		d := int64(s[i] - '0')
		if n > (math.MaxInt64-1-d)/10 {
			return 0, s, false
		}
		n = n*10 + d
	}
	return n, s[i:], i > 0
}
