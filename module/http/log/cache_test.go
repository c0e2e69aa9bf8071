package log

import (
	"testing"

	"moongate/core/config/directive"
)

func cacheCall(args ...string) *directive.Call {
	return &directive.Call{Name: "open_log_file_cache", Args: args}
}

func TestParseFileCache(t *testing.T) {
	for _, args := range [][]string{{"max=x"}, {"size=1"}, {"inactive=1x", "max=2"}, {"valid=1m"}} {
		if _, err := parseFileCache(cacheCall(args...)); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
	if fc, err := parseFileCache(cacheCall("off")); fc != nil || err != nil {
		t.Error("off")
	}
	fc, err := parseFileCache(cacheCall("max=7", "inactive=1m", "min_uses=3", "valid=2"))
	if err != nil || fc.max != 7 || fc.inactive.Minutes() != 1 || fc.minUses != 3 || fc.valid.Seconds() != 2 {
		t.Errorf("%+v %v", fc, err)
	}
}
