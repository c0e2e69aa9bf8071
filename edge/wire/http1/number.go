package http1

import (
	"math"
	"strconv"
)

// AppendInt writes a decimal number.
func AppendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// ParseLength reads a length: digits only, at least one, no more than an int64 holds (ngx_atoof).
func ParseLength(s string) (n int64, ok bool) {
	if s == "" {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		d := int64(s[i] - '0')
		if s[i]-'0' > 9 || n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}
