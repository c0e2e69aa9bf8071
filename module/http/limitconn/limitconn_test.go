package limitconn

import (
	"testing"

	"moongate/engine/zone"
)

// More uses than have a place of their own are given back as well.
func TestUses(t *testing.T) {
	var u uses
	for range 7 {
		u.add(zone.ConnRef{})
	}
	if u.n != len(u.refs) || len(u.more) != 3 {
		t.Errorf("%d and %d", u.n, len(u.more))
	}
	u.leave()
	if u.n != 0 || u.more != nil {
		t.Error("kept")
	}
}
