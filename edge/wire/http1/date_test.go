package http1

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestAppendDate(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	secs := []int64{0, 86399, 86400, 951782400, 951868800, 1709164800, 4107542400, 253402300799}
	for range 2000 {
		secs = append(secs, rnd.Int64N(253402300800))
	}
	for _, sec := range secs {
		at := time.Unix(sec, 0).UTC()
		text := string(AppendDate(nil, sec))
		if want := at.Format("Mon, 02 Jan 2006 15:04:05 GMT"); text != want || len(text) != DateLen {
			t.Fatalf("%d: %q, want %q", sec, text, want)
		}
		for _, form := range []string{text, at.Format("Mon Jan _2 15:04:05 2006")} {
			if got, ok := ParseDate(form); !ok || got != sec {
				t.Fatalf("%q: %d %v, want %d", form, got, ok, sec)
			}
		}
		layout := "Mon, 02-Jan-06 15:04:05 GMT"
		if at.Year() > 2037 {
			layout = "Mon, 02-Jan-2006 15:04:05 GMT"
		}
		if got := string(AppendCookieDate(nil, sec)); got != at.Format(layout) {
			t.Fatalf("%q", got)
		}
	}
	if got := string(AppendDate(nil, -5)); got != "Thu, 01 Jan 1970 00:00:00 GMT" {
		t.Error(got)
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]int64{
		"Sun, 06 Nov 1994 08:49:37 GMT":  784111777,
		"Sunday, 06-Nov-94 08:49:37 GMT": 784111777,
		"Sun Nov  6 08:49:37 1994":       784111777,
		"Sun Nov 16 08:49:37 1994":       784975777,
		"x, 06 Nov 1994 08:49:37 +0500":  784111777,
		",06 Nov 1994 08:49:37":          784111777,
		"Sun, 06-Nov-69 08:49:37 GMT":    3150953377,
		"Thu, 29 Feb 2024 00:00:00 GMT":  1709164800,
		"Thu, 29 Feb 2100 00:00:00 GMT":  -1,
		"Sun, 31 Apr 1994 08:49:37 GMT":  -1,
		"Sun, 06 Nov 1994 24:49:37 GMT":  -1,
		"Sun, 06 Nov 1994 08:60:37 GMT":  -1,
		"Sun, 06 Nov 1994 08:49:60 GMT":  -1,
		"Sun, 6 Nov 1994 08:49:37 GMT":   -1,
		"Sun, 06 nov 1994 08:49:37 GMT":  -1,
		"Sun, 06 Nov 94 08:49:37 GMT":    -1,
		"Sun, 06-Nov 1994 08:49:37 GMT":  -1,
		"06 Nov 1994 08:49:37 GMT":       -1,
		"yesterday":                      -1,
		"":                               -1,
	} {
		got, ok := ParseDate(in)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %d %v", in, got, ok)
		}
	}
}

func TestDateCache(t *testing.T) {
	var c DateCache
	a := c.Text(784111777)
	if a != "Sun, 06 Nov 1994 08:49:37 GMT" || c.Text(784111777) != a || c.Text(784111778) != "Sun, 06 Nov 1994 08:49:38 GMT" {
		t.Error(a)
	}
}
