package scripttest

import (
	"strconv"
	"strings"
)

// unescape turns \r \n \t \0 \\ and \xHH of a script's argument into bytes.
// Anything else after a backslash stays as it is written.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'r':
			b.WriteByte('\r')
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case '0':
			b.WriteByte(0)
		case '\\':
			b.WriteByte('\\')
		case 'x':
			if i+2 < len(s) {
				if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
					b.WriteByte(byte(v))
					i += 2
					continue
				}
			}
			b.WriteString(`\x`)
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// size reads 10, 4k or 1m.
func size(s string) (int, error) {
	unit := 1
	if n := len(s); n > 0 {
		switch s[n-1] {
		case 'k':
			unit, s = 1<<10, s[:n-1]
		case 'm':
			unit, s = 1<<20, s[:n-1]
		}
	}
	n, err := strconv.Atoi(s)
	return n * unit, err
}

// short keeps failure messages readable.
func short(s string) string {
	const most = 2000
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}
