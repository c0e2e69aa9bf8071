package place

import (
	"net"
	"testing"

	"moongate/edge/sys/netns"
)

func TestPlace(t *testing.T) {
	home, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	defer home.Leave()
	space, err := netns.New()
	if err != nil {
		t.Skip(err) // the text names the capability
	}
	defer space.Close()
	var p Place
	if err := space.Do(func() error { p, err = Here(); return err }); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Leave(); err != nil {
			t.Error(err)
		}
	}()
	count := func(in Place) (n int) {
		err := in.Do(func() error {
			all, err := net.Interfaces()
			n = len(all)
			for _, i := range all {
				if i.Flags&net.FlagUp != 0 {
					n = -1
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	// A new namespace has nothing up; ours has, or the test of it means nothing.
	if n := count(p); n < 0 {
		t.Error("interfaces are up in an empty namespace")
	}
	if n := count(home); n >= 0 {
		t.Skip("nothing is up here either")
	}
}
