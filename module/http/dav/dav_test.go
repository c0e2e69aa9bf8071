package dav

import (
	"os"
	"testing"

	"moongate/core/config/directive"
)

func TestParseAccess(t *testing.T) {
	for _, c := range []struct {
		args []string
		want os.FileMode
		err  string
	}{
		{[]string{"user:rw"}, 0o600, ""},
		{[]string{"group:rw", "all:r"}, 0o664, ""},
		{[]string{"user:r"}, 0o400, ""},
		{[]string{"user:x"}, 0, `invalid value "user:x"`},
		{[]string{"me:rw"}, 0, `invalid value "me:rw"`},
	} {
		got, err := parseAccess(&directive.Call{Args: c.args})
		if err != nil && err.Error() != c.err || err == nil && (got != c.want || c.err != "") {
			t.Errorf("%v: %o %v", c.args, got, err)
		}
	}
	if folderAccess(0o640) != 0o750 {
		t.Errorf("%o", folderAccess(0o640))
	}
}

func TestMergeSlashes(t *testing.T) {
	for in, want := range map[string]string{"/a//b///c": "/a/b/c", "//": "/", "a": "a"} {
		if got := mergeSlashes(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
