package httpcache

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// now is Fri, 13 Feb 2009 23:31:30 GMT.
const now = 1234567890

// take gives the lines of a header to a Freshness.
func take(lines string) *Freshness {
	f := new(Freshness)
	for line := range strings.SplitSeq(lines, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "X-Accel-Expires":
			f.AccelExpires(value, now)
		case "Expires":
			f.Expires(value, now)
		case "Cache-Control":
			f.CacheControl(value, now)
		case "Set-Cookie":
			f.SetCookie()
		case "Vary":
			f.TakeVary(value)
		}
	}
	return f
}

func TestFreshness(t *testing.T) {
	const later, past = "Expires: Fri, 13 Feb 2009 23:31:40 GMT", "Expires: Fri, 13 Feb 2009 23:31:20 GMT"
	for _, c := range []struct {
		lines   string
		valid   int64 // after now; -1: it does not say
		allowed bool
	}{
		{"", -1, true},
		{"Cache-Control: max-age=60", 60, true},
		{"Cache-Control: public, MAX-AGE=60, must-revalidate", 60, true},
		{"Cache-Control: max-age=60, s-maxage=5", 5, true},
		{"Cache-Control: max-age=0", -1, false},
		{"Cache-Control: max-age=x", -1, false},
		{"Cache-Control: max-age=", -1, false},
		{"Cache-Control: max-age=99999999999999999999", math.MaxInt64 - now, true},
		{"Cache-Control: no-cache", -1, false},
		{"Cache-Control: No-Store", -1, false},
		{"Cache-Control: max-age=1, private", -1, false},
		{later, 10, true},
		{past, -1, false},
		{"Expires: 0", -1, false},
		{"Cache-Control: max-age=60\n" + past, 60, true},
		{past + "\nCache-Control: max-age=60", 60, true},
		{later + "\nCache-Control: max-age=60", 60, true},
		{"X-Accel-Expires: 5", 5, true},
		{"X-Accel-Expires: 0", -1, false},
		{"X-Accel-Expires: @1234567900", 10, true},
		{"X-Accel-Expires: @0", -1, true},
		{"X-Accel-Expires: soon", -1, true},
		{"Cache-Control: no-cache\nX-Accel-Expires: 5", 5, true},
		{"X-Accel-Expires: 5\nCache-Control: no-cache", 5, true},
		{"X-Accel-Expires: 5\nCache-Control: max-age=60", 5, true},
		{"X-Accel-Expires: soon\nCache-Control: max-age=60", 60, true},
		{past + "\nX-Accel-Expires: 5", 5, true},
		{"X-Accel-Expires: 5\nSet-Cookie: a=b", 5, false},
		{"Vary: Accept", -1, true},
		{"Vary: *", -1, false},
		{"Vary: " + strings.Repeat("x", MaxVary), -1, true},
		{"Vary: " + strings.Repeat("x", MaxVary+1), -1, false},
	} {
		f := take(c.lines)
		valid := f.Valid - now
		if f.Valid == 0 {
			valid = -1
		}
		if f.Allowed() != c.allowed || c.allowed && valid != c.valid {
			t.Errorf("%q: valid %d, allowed %v", c.lines, valid, f.Allowed())
		}
	}
}

func TestStaleTimes(t *testing.T) {
	for lines, want := range map[string][2]int64{
		"Cache-Control: max-age=1, stale-while-revalidate=20":                       {20, 20},
		"Cache-Control: stale-if-error=5":                                           {0, 5},
		"Cache-Control: stale-while-revalidate=20, stale-if-error=5":                {20, 5},
		"X-Accel-Expires: 5\nCache-Control: no-cache, stale-while-revalidate=20":    {20, 20},
		"Cache-Control: no-cache, stale-while-revalidate=20":                        {0, 0},
		"Cache-Control: stale-while-revalidate=20\nCache-Control: stale-if-error=7": {20, 7},
	} {
		if f := take(lines); f.Updating != want[0] || f.Error != want[1] {
			t.Errorf("%q: %d, %d", lines, f.Updating, f.Error)
		}
	}
	if take("Cache-Control: stale-while-revalidate=x").Allowed() || take("Cache-Control: stale-if-error=x").Allowed() {
		t.Error("what is no number does not forbid the response")
	}
}

func TestVaryJoined(t *testing.T) {
	if f := take("Vary: Accept\nVary: Cookie"); f.Vary != "Accept, Cookie" {
		t.Errorf("%q", f.Vary)
	}
}

func TestAgain(t *testing.T) {
	f := take("X-Accel-Expires: 5\nVary: a\nSet-Cookie: b")
	if f.Again(); *f != (Freshness{Valid: now + 5}) {
		t.Errorf("%+v", f)
	}
}

func TestLifetimes(t *testing.T) {
	var l Lifetimes
	for _, args := range [][]string{{"1h"}, {"404", "500", "2m"}, {"any", "3s"}} {
		var err error
		if l, err = l.Read(args); err != nil {
			t.Fatal(args, err)
		}
	}
	want := Lifetimes{{200, time.Hour}, {301, time.Hour}, {302, time.Hour}, {404, 2 * time.Minute}, {500, 2 * time.Minute}, {0, 3 * time.Second}}
	if !slices.Equal(l, want) {
		t.Error(l)
	}
	for status, n := range map[int]int64{200: 3600, 404: 120, 503: 3} {
		if l.Of(status) != n {
			t.Error(status, l.Of(status))
		}
	}
	if n := l[:3].Of(404); n != 0 {
		t.Error("404 is kept without being named:", n)
	}
	for _, args := range [][]string{{"soon"}, {"99", "1s"}, {"600", "1s"}, {"all", "1s"}} {
		if _, err := l.Read(args); err == nil {
			t.Error("no error:", args)
		}
	}
}

func TestFarRange(t *testing.T) {
	for _, c := range []struct {
		value string
		place int64
		far   bool
	}{
		{"bytes=0-1", 0, true},
		{"bytes=0-1", 5, false},
		{"bytes=4-", 5, false},
		{"bytes=5-", 5, true},
		{"Bytes=  6-7", 5, true},
		{"bytes=-3", 5, true},
		{"bytes= -3", 5, true},
		{"items=6-7", 5, false},
		{"bytes=x", 5, false},
	} {
		if FarRange(c.value, c.place) != c.far {
			t.Errorf("%q beyond %d: not %v", c.value, c.place, c.far)
		}
	}
}
