package mirror

import (
	"errors"
	"slices"
	"testing"

	"moongate/core/config/directive"
)

func TestRead(t *testing.T) {
	read := func(args ...string) (*conf, error) {
		cf := new(conf)
		for _, a := range args {
			if err := readMirror(&directive.Call{Name: "mirror", Args: []string{a}}, cf); err != nil {
				return cf, err
			}
		}
		return cf, nil
	}
	if cf, err := read("/a", "/b"); err != nil || !slices.Equal(cf.uris.V, []string{"/a", "/b"}) {
		t.Error(cf.uris.V, err)
	}
	for _, args := range [][]string{{"off", "/a"}, {"/a", "off"}, {"off", "off"}} {
		if _, err := read(args...); !errors.Is(err, directive.Duplicate) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
