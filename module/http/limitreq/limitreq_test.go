package limitreq

import (
	"testing"

	"moongate/core/errlog"
)

func TestParseRate(t *testing.T) {
	for text, want := range map[string]int64{"1r/s": 1000, "30r/m": 500, "1r/m": 16, "7": 7000, "100r/s": 100000} {
		if got, ok := parseRate(text); !ok || got != want {
			t.Errorf("%s: %d %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "r/s", "0r/s", "-1r/s", "1r/h", "1.5r/s", "99999999999999999r/s"} {
		if got, ok := parseRate(text); ok {
			t.Errorf("%q was taken for %d", text, got)
		}
	}
}

func TestLower(t *testing.T) {
	if lower(errlog.Error) != errlog.Warn || lower(errlog.Notice) != errlog.Info || lower(errlog.Info) != errlog.Info {
		t.Error("levels of delays")
	}
}
