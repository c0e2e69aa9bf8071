package httpcache

import (
	"time"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
)

// Lifetime is how long responses of a status are kept whose header does not say it.
type Lifetime struct {
	Status int // 0: any
	For    time.Duration
}

// Lifetimes is proxy_cache_valid and its kin: the first that fits counts.
type Lifetimes []Lifetime

// Of is the time for a status in seconds, 0 when it is not to be kept
// (ngx_http_file_cache_valid).
func (l Lifetimes) Of(status int) int64 {
	for i := range l {
		if l[i].Status == 0 || l[i].Status == status {
			return int64(l[i].For / time.Second)
		}
	}
	return 0
}

// Read appends what the arguments of a directive say
// (ngx_http_file_cache_valid_set_slot).
func (l Lifetimes) Read(args []string) (Lifetimes, error) {
	last := len(args) - 1
	d, ok := directive.ParseSec(args[last])
	if !ok {
		return nil, directive.Errorf("invalid time value \"%s\"", args[last])
	}
	if last == 0 {
		return append(l, Lifetime{200, d}, Lifetime{301, d}, Lifetime{302, d}), nil
	}
	for _, a := range args[:last] {
		status := 0
		if a != "any" {
			status, ok = directive.ParseInt(a)
			if !ok || status < 100 || status > 599 {
				return nil, directive.Errorf("invalid status \"%s\"", a)
			}
		}
		l = append(l, Lifetime{status, d})
	}
	return l, nil
}

// FarRange tells whether a Range begins at or behind a place, or counts from the end: to
// keep the response for it would mean to fetch all that is in front
// (ngx_http_upstream_cache_check_range).
func FarRange(value string, place int64) bool {
	if place == 0 {
		return true
	}
	if len(value) < 7 || !http1.EqualFold(value[:6], "bytes=") {
		return false
	}
	i := 6
	for i < len(value) && value[i] == ' ' {
		i++
	}
	if i < len(value) && value[i] == '-' {
		return true
	}
	from := i
	for i < len(value) && value[i] >= '0' && value[i] <= '9' {
		i++
	}
	n, ok := directive.ParseInt(value[from:i])
	return ok && int64(n) >= place
}
