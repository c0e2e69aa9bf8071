package headers

import (
	"testing"
	"time"
)

func TestParseExpires(t *testing.T) {
	for _, c := range []struct {
		text   string
		kind   expiryKind
		want   expiryKind
		time   int64
		reason string
	}{
		{"24h", expiresAccess, expiresAccess, 86400, ""},
		{"+1m", expiresAccess, expiresAccess, 60, ""},
		{"-1", expiresAccess, expiresAccess, -1, ""},
		{"epoch", expiresAccess, expiresEpoch, 0, ""},
		{"max", expiresAccess, expiresMax, 0, ""},
		{"off", expiresAccess, expiresOff, 0, ""},
		{"@15h30m", expiresAccess, expiresDaily, 55800, ""},
		{"@25h", expiresAccess, expiresDaily, 90000, "daily time value must be less than 24 hours"},
		{"@1h", expiresModified, expiresModified, 0, "daily time cannot be used with \"modified\" parameter"},
		{"epoch", expiresModified, expiresModified, 0, "invalid value"},
		{"x", expiresAccess, expiresAccess, 0, "invalid value"},
		{"", expiresAccess, expiresAccess, 0, "invalid value"},
	} {
		e := expiry{kind: c.kind}
		if reason := e.parse(c.text); reason != c.reason || e.kind != c.want || e.time != c.time {
			t.Errorf("%q: %+v %q", c.text, e, reason)
		}
	}
}

func TestNextTime(t *testing.T) {
	noon := time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local).Unix()
	for sec, want := range map[int64]int64{13 * 3600: 3600, 12 * 3600: 86400, 11 * 3600: 23 * 3600} {
		if got := nextTime(noon, sec) - noon; got != want {
			t.Errorf("%d: in %d s, want %d", sec, got, want)
		}
	}
}

func TestInherit(t *testing.T) {
	p, c := []line{{name: "p"}}, []line{{name: "c"}}
	for _, x := range []struct {
		child []line
		how   inheritance
		want  string
	}{{nil, inheritOn, "p"}, {c, inheritOn, "c"}, {nil, inheritOff, ""}, {c, inheritMerge, "cp"}} {
		got := ""
		for _, l := range inherit(p, x.child, x.how) {
			got += l.name
		}
		if got != x.want {
			t.Errorf("%v: %q, want %q", x.how, got, x.want)
		}
	}
}
