package http1

// dateScanner reads a date from left to right. Reading behind the end gives NUL, as nginx finds it behind a header's value.
type dateScanner struct {
	s   string
	bad bool
}

func (d *dateScanner) at(i int) byte {
	if i < len(d.s) {
		return d.s[i]
	}
	return 0
}

func (d *dateScanner) skip(n int) { d.s = d.s[min(n, len(d.s)):] }

func (d *dateScanner) expect(c byte) {
	d.bad = d.bad || d.at(0) != c
	d.skip(1)
}

// number reads exactly n digits.
func (d *dateScanner) number(n int) int64 {
	v := int64(0)
	for i := 0; i < n; i++ {
		c := d.at(i)
		if c-'0' > 9 {
			d.bad = true
			return 0
		}
		v = v*10 + int64(c-'0')
	}
	d.skip(n)
	return v
}

// month reads three letters, of which only as many count as tell the months apart.
func (d *dateScanner) month() int64 {
	a, b, c := d.at(0), d.at(1), d.at(2)
	d.skip(3)
	pick := func(first bool, m, n int64) int64 {
		if first {
			return m
		}
		return n
	}
	switch a {
	case 'J':
		return pick(b == 'a', 1, pick(c == 'n', 6, 7))
	case 'F':
		return 2
	case 'M':
		return pick(c == 'r', 3, 5)
	case 'A':
		return pick(b == 'p', 4, 8)
	case 'S':
		return 9
	case 'O':
		return 10
	case 'N':
		return 11
	case 'D':
		return 12
	}
	d.bad = true
	return 1
}

func (d *dateScanner) clock() int64 {
	h := d.number(2)
	d.expect(':')
	m := d.number(2)
	d.expect(':')
	s := d.number(2)
	d.bad = d.bad || h > 23 || m > 59 || s > 59
	return h*3600 + m*60 + s
}

// ParseDate reads the three forms of RFC 9110, 5.6.7 as ngx_parse_http_time does: the day's name may be anything, what
// follows the last digit is not looked at (so any zone means GMT).
//
//	Sun, 06 Nov 1994 08:49:37 GMT
//	Sunday, 06-Nov-94 08:49:37 GMT
//	Sun Nov  6 08:49:37 1994
func ParseDate(text string) (sec int64, ok bool) {
	asctime := false
	i := 0
	for ; i < len(text) && text[i] != ','; i++ {
		if text[i] == ' ' {
			asctime = true
			break
		}
	}
	for i++; i < len(text) && text[i] == ' '; i++ {
	}
	if len(text)-i < 18 {
		return 0, false
	}
	d := dateScanner{s: text[i:]}
	var year, month, day, clock int64
	if asctime {
		month = d.month()
		d.skip(1)
		if d.at(0) == ' ' {
			d.skip(1)
		}
		day = d.number(1)
		if c := d.at(0); c != ' ' {
			day = day*10 + d.number(1)
		}
		d.bad = d.bad || len(d.s) < 14
		d.expect(' ')
		clock = d.clock()
		d.expect(' ')
		year = d.number(4)
	} else {
		day = d.number(2)
		sep := d.at(0)
		d.bad = d.bad || sep != ' ' && sep != '-' || sep == ' ' && len(d.s) < 18
		d.skip(1)
		month = d.month()
		d.expect(sep)
		if sep == ' ' {
			year = d.number(4)
		} else if year = d.number(2); year < 70 {
			year += 2000
		} else {
			year += 1900
		}
		d.expect(' ')
		clock = d.clock()
	}
	if d.bad || day > monthDays(year, month) {
		return 0, false
	}
	return daysSince1970(year, month, day)*86400 + clock, true
}

func monthDays(year, month int64) int64 {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return int64("\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"[month-1])
}

// daysSince1970 counts in years that begin in March, so that a leap day is the last. Day 0 is the day before the first: nginx
// does not refuse it.
func daysSince1970(year, month, day int64) int64 {
	if month -= 2; month <= 0 {
		month += 12
		year--
	}
	return 365*year + year/4 - year/100 + year/400 + 367*month/12 - 30 + day - 1 - 719527 + 31 + 28
}
