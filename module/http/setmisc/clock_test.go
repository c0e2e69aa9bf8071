package setmisc

import (
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	at := time.Date(2026, 1, 4, 15, 4, 5, 0, time.UTC) // a Sunday
	for format, want := range map[string]string{
		"%a %b %e %H:%M:%S %Y": "Sun Jan  4 15:04:05 2026",
		"%A %B %d %I %p %y %j": "Sunday January 04 03 PM 26 004",
		"%F %T %D %R %Z %z":    "2026-01-04 15:04:05 01/04/26 15:04 GMT +0000",
		"%u %w %U %W %V %G %g": "7 0 01 00 01 2026 26",
		"%C %k %l %s %q 5%":    "20 15  3 1767539045 %q 5%",
	} {
		if got := string(appendTime(nil, format, at)); got != want {
			t.Errorf("%s: %q, want %q", format, got, want)
		}
	}
}
