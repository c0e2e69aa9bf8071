package directive

import (
	"math"
	"time"
)

// ParseInt is ngx_atoi: decimal digits only, no sign, no overflow.
func ParseInt(s string) (int, bool) {
	n, ok := atoi(s)
	return int(n), ok
}

func atoi(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	const cutoff, cutlim = math.MaxInt64 / 10, math.MaxInt64 % 10
	var n int64
	for i := 0; i < len(s); i++ {
		d := int64(s[i]) - '0'
		if d < 0 || d > 9 || n > cutoff || n == cutoff && d > cutlim {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// ParseSize is ngx_parse_size: bytes, or with k or m behind.
func ParseSize(s string) (int64, bool) { return parseUnits(s, false) }

// ParseOffset is ngx_parse_offset: bytes, or with k, m or g behind.
func ParseOffset(s string) (int64, bool) { return parseUnits(s, true) }

func parseUnits(s string, giga bool) (int64, bool) {
	if s == "" {
		return 0, false
	}
	scale := int64(1)
	switch unit := s[len(s)-1] | 0x20; {
	case unit == 'k':
		scale = 1 << 10
	case unit == 'm':
		scale = 1 << 20
	case unit == 'g' && giga:
		scale = 1 << 30
	}
	if scale > 1 {
		s = s[:len(s)-1]
	}
	n, ok := atoi(s)
	if !ok || n > math.MaxInt64/scale {
		return 0, false
	}
	return n * scale, true
}

// ParseMsec is ngx_parse_time with is_sec = 0, ParseSec with is_sec = 1.
func ParseMsec(s string) (time.Duration, bool) {
	n, ok := parseTime(s, false)
	return duration(n, time.Millisecond), ok
}

func ParseSec(s string) (time.Duration, bool) {
	n, ok := parseTime(s, true)
	return duration(n, time.Second), ok
}

// nginx's int64 of milliseconds reaches further than a Duration; 292 years
// are as good as for ever.
func duration(n int64, unit time.Duration) time.Duration {
	if n > math.MaxInt64/int64(unit) {
		return math.MaxInt64
	}
	return time.Duration(n) * unit
}

// The units in the order they must come in, each at most once.
var timeUnits = []struct {
	name    string
	seconds int64
}{
	{"y", 60 * 60 * 24 * 365},
	{"M", 60 * 60 * 24 * 30},
	{"w", 60 * 60 * 24 * 7},
	{"d", 60 * 60 * 24},
	{"h", 60 * 60},
	{"m", 60},
	{"s", 1},
	{"ms", 0},
	{" ", 1},
}

const (
	stepMonth = 2
	stepSec   = 7
	stepMsec  = 8
	stepLast  = 9
)

func parseTime(s string, isSec bool) (int64, bool) {
	const maxInt = math.MaxInt64
	var total, value int64
	var valid bool
	step := 0
	if !isSec {
		step = stepMonth // no years and months where milliseconds count
	}
	for i := 0; i < len(s); {
		if s[i] >= '0' && s[i] <= '9' {
			d := int64(s[i] - '0')
			if value > maxInt/10 || value == maxInt/10 && d > maxInt%10 {
				return 0, false
			}
			value = value*10 + d
			valid = true
			i++
			continue
		}
		unit, width := unitAt(s[i:])
		if unit == 0 {
			return 0, false
		}
		i += width
		// a blank is a unit too: "1h 30" has 30 bare seconds, and nothing
		// may follow; it must not stand where seconds were named already
		bound := unit
		if unit == stepLast {
			bound = stepSec
		}
		if step >= bound || unit == stepMsec && isSec {
			return 0, false
		}
		step = unit
		scale, limit := timeUnits[unit-1].seconds, int64(maxInt)
		switch {
		case unit == stepMsec:
			scale = 1
		default:
			limit /= scale
			if !isSec {
				scale *= 1000
				limit /= 1000
			}
		}
		if value > limit || total > maxInt-value*scale {
			return 0, false
		}
		total += value * scale
		value = 0
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	if !valid {
		return 0, false
	}
	if !isSec {
		if value > maxInt/1000 {
			return 0, false
		}
		value *= 1000
	}
	if total > maxInt-value {
		return 0, false
	}
	return total + value, true
}

func unitAt(s string) (unit, width int) {
	if len(s) >= 2 && s[:2] == "ms" {
		return stepMsec, 2
	}
	for i, u := range timeUnits {
		if s[:1] == u.name {
			return i + 1, 1
		}
	}
	return 0, 0
}
