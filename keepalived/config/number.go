package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A number is read as keepalived's: what is wrong with it is told here, what
// becomes of the setting is told by who asked.

// strictness is what a number with something behind it counts for.
type strictness uint8

const (
	hard strictness = iota // nothing
	firm                   // nothing; the daemon calls what is wrong a warning
	soft                   // as far as it goes, in the daemon, and a time with -t, too
)

func (r *reader) bad(s strictness, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if s != hard && !r.options.Test {
		text = "WARNING - " + text
	}
	r.err("%s", text)
}

// digits are the value of a decimal number; over says that it does not fit.
func digits(text string) (v uint64, over, ok bool) {
	if text == "" {
		return 0, false, false
	}
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return 0, false, false
		}
		if v > (math.MaxUint64-9)/10 {
			over = true
			continue
		}
		v = v*10 + uint64(text[i]-'0')
	}
	return v, over, true
}

// begins is the number that a text begins with, 0 without one.
func begins(text string) (v uint64, over bool) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	v, over, _ = digits(text[:n])
	return v, over
}

// uint reads a number from lo to hi.
func (r *reader) uint(text string, lo, hi uint32, s strictness) (uint32, bool) {
	t := strings.TrimLeft(text, " \t")
	if strings.HasPrefix(t, "-") {
		r.bad(s, "negative number '%s'", text)
		return 0, false
	}
	v, over, ok := digits(strings.TrimPrefix(t, "+"))
	ok = ok || text == ""
	if !ok {
		r.bad(s, "invalid number '%s'", text)
		if s == hard || r.options.Test {
			return 0, false
		}
		v, over = begins(strings.TrimPrefix(t, "+"))
	}
	switch in := v >= uint64(lo) && v <= uint64(hi); {
	case in && !over && v <= math.MaxUint32:
		return uint32(v), true
	case !ok: // one message is enough
	case over || v > math.MaxUint32:
		r.bad(s, "number '%s' outside unsigned integer range", text)
	default:
		r.bad(s, "number '%s' outside range [%d, %d]", text, lo, hi)
	}
	return 0, false
}

// int reads a number that may be negative.
func (r *reader) int(text string, lo, hi int, s strictness) (int, bool) {
	t := strings.TrimLeft(text, " \t")
	minus := strings.HasPrefix(t, "-")
	if minus || strings.HasPrefix(t, "+") {
		t = t[1:]
	}
	v, over, ok := digits(t)
	if !ok {
		r.bad(s, "invalid number '%s'", text)
		if s == hard || r.options.Test {
			return 0, false
		}
		v, over = begins(t)
	}
	n := int(min(v, math.MaxInt64))
	if minus {
		n = -n
	}
	switch fits := !over && n <= math.MaxInt32 && n >= math.MinInt32; {
	case fits && n >= lo && n <= hi:
		return n, true
	case !ok: // one message is enough
	case !fits:
		r.bad(s, "number '%s' outside integer range", text)
	default:
		r.bad(hard, "number '%s' outside range [%d, %d]", text, lo, hi)
	}
	return 0, false
}

// seconds reads a time in seconds with up to six decimals.
func (r *reader) seconds(text string, lo, hi time.Duration, s strictness) (d time.Duration, ok bool) {
	return r.decimal(text, lo, hi, time.Second, 6, s)
}

// decimal reads a time in some unit with some decimals. Unlike whole numbers,
// one with something behind it counts as far as it goes.
func (r *reader) decimal(text string, lo, hi, unit time.Duration, places int, s strictness) (time.Duration, bool) {
	t := strings.TrimLeft(text, " \t")
	if strings.HasPrefix(t, "-") {
		r.bad(s, "negative number '%s'", text)
		return 0, false
	}
	t = strings.TrimPrefix(t, "+")
	n := 0
	for n < len(t) && (t[n] >= '0' && t[n] <= '9' || t[n] == '.' && !strings.Contains(t[:n], ".")) {
		n++
	}
	if n < len(t) || t == "" {
		r.bad(s, "invalid number '%s'", text)
		if s != soft {
			return 0, false
		}
		// What stands before the rest counts, which is 0 when there is nothing.
	}
	whole, frac, _ := strings.Cut(t[:n], ".")
	v, over, _ := digits(whole)
	up := uint64(0) // rounding
	if len(frac) > places {
		r.bad(s, "number '%s' has too many decimal places", text)
		if frac[places] >= '5' {
			up = 1
		}
		frac = frac[:places]
	}
	f, _, _ := digits(frac)
	f += up
	if over {
		r.bad(s, "number '%s' outside unsigned decimal range", text)
		return 0, false
	}
	huge := v > uint64(math.MaxInt64/unit)-1
	d := time.Duration(v) * unit
	if huge {
		d = math.MaxInt64
	}
	part := unit
	for range frac {
		part /= 10
	}
	if !huge {
		d += time.Duration(f) * part
	}
	if (d < lo || d > hi) && (n < len(t) || t == "") {
		return 0, false
	}
	if d < lo || d > hi {
		show := func(d time.Duration) string { return fmt.Sprintf("%d.%0*d", d/unit, places, d%unit*pow10(places)/unit) }
		most := show(hi)
		if hi == maxLoop {
			most = "18446744073709.551614" // keepalived's own limit
		}
		r.bad(s, "number '%s' outside range [%s, %s]", text, show(lo), most)
		return 0, false
	}
	return d, true
}

func pow10(n int) time.Duration {
	v := time.Duration(1)
	for range n {
		v *= 10
	}
	return v
}

// truth reads a switch: on, true, yes, off, false, no.
func truth(word string) (on, ok bool) {
	switch word {
	case "on", "true", "yes":
		return true, true
	case "off", "false", "no":
		return false, true
	}
	return false, false
}

// flag reads a switch that may stand alone. what is told of a bad word.
func (r *reader) flag(words []string, format string, args ...any) (on, ok bool) {
	if len(words) < 2 {
		return true, true
	}
	on, ok = truth(words[1])
	if !ok {
		r.err(format, args...)
	}
	return on, ok
}

// signed is a whole number of either sign, for those who tell themselves what is
// wrong with one.
func signed(text string) (n int, over, ok bool) {
	t := strings.TrimPrefix(text, "-")
	v, over, ok := digits(t)
	n = int(min(v, math.MaxInt32))
	if len(t) < len(text) {
		n = -n
	}
	return n, over || v > math.MaxInt32, ok
}

// cUint is a number as C writes it: hexadecimal behind 0x, octal behind 0.
func cUint(text string) (v uint64, over, ok bool) {
	v, err := strconv.ParseUint(text, 0, 64)
	if err == nil {
		return v, false, !strings.Contains(text, "_") && !strings.HasPrefix(text, "0b") && !strings.HasPrefix(text, "0o")
	}
	return 0, errors.Is(err, strconv.ErrRange), errors.Is(err, strconv.ErrRange)
}
