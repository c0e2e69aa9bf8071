package http1

import "sync/atomic"

const (
	dayNames   = "SunMonTueWedThuFriSat"
	monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"

	// DateLen is the length of a date as AppendDate writes it.
	DateLen = len("Mon, 28 Sep 1970 06:00:00 GMT")
)

// AppendDate writes Unix seconds as RFC 9110's preferred form, "Mon, 28 Sep 1970 06:00:00 GMT". Times before 1970 are
// written as 1970's first second, as in ngx_gmtime.
func AppendDate(dst []byte, sec int64) []byte {
	d, day := civil(sec)
	dst = append(dst, dayNames[d.weekday*3:d.weekday*3+3]...)
	dst = append(dst, ',', ' ')
	dst = append2(dst, day)
	dst = append(dst, ' ')
	dst = append(dst, monthNames[d.month*3:d.month*3+3]...)
	dst = append(dst, ' ')
	dst = append2(dst, d.year/100)
	dst = append2(dst, d.year%100)
	return d.appendClock(dst)
}

// AppendCookieDate writes the form of the Set-Cookie field's "expires": dashes, and two digits of the year up to 2037
// (ngx_http_cookie_time).
func AppendCookieDate(dst []byte, sec int64) []byte {
	d, day := civil(sec)
	dst = append(dst, dayNames[d.weekday*3:d.weekday*3+3]...)
	dst = append(dst, ',', ' ')
	dst = append2(dst, day)
	dst = append(dst, '-')
	dst = append(dst, monthNames[d.month*3:d.month*3+3]...)
	dst = append(dst, '-')
	if d.year > 2037 {
		dst = append2(dst, d.year/100)
	}
	dst = append2(dst, d.year%100)
	return d.appendClock(dst)
}

func append2(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

type civilTime struct {
	year, month, weekday int
	clock                int // seconds of the day
}

func (d civilTime) appendClock(dst []byte) []byte {
	dst = append(dst, ' ')
	dst = append2(dst, d.clock/3600)
	dst = append(dst, ':')
	dst = append2(dst, d.clock/60%60)
	dst = append(dst, ':')
	dst = append2(dst, d.clock%60)
	return append(dst, " GMT"...)
}

// civil turns Unix seconds into a date of the Gregorian calendar: years that begin in March, in eras of 400.
func civil(sec int64) (d civilTime, day int) {
	const lastSecondOf9999 = 253402300799
	sec = min(max(sec, 0), lastSecondOf9999)
	days := int(sec / 86400)
	d.clock = int(sec % 86400)
	d.weekday = (4 + days) % 7
	days += 719468 // to 1 March of the year 0
	era := days / 146097
	ofEra := days % 146097
	year := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*year + year/4 - year/100)
	month := (5*ofYear + 2) / 153
	day = ofYear - (153*month+2)/5 + 1
	d.year = era*400 + year
	d.month = month + 2
	if d.month >= 12 {
		d.month -= 12
		d.year++
	}
	return d, day
}

// DateCache keeps the Date header's text for the present second. It may be used by several goroutines.
type DateCache struct {
	last atomic.Pointer[cachedDate]
}

type cachedDate struct {
	sec  int64
	text string
}

// Text is sec as AppendDate writes it; it allocates once a second.
func (c *DateCache) Text(sec int64) string {
	if d := c.last.Load(); d != nil && d.sec == sec {
		return d.text
	}
	d := &cachedDate{sec, string(AppendDate(make([]byte, 0, DateLen), sec))}
	c.last.Store(d)
	return d.text
}
