// Package place remembers the network namespace that a data plane is made in: with
// net_namespace_ipvs it isn't the process's, and sockets and interfaces that come
// later must be of the same one. Who opens planes gives them a Place; they call Do.
package place

import (
	"runtime"

	"moongate/edge/sys/netns"
)

// Place is a namespace to work in. The zero value is that of the process.
type Place struct{ space *netns.Space }

// Here is the place of the calling thread.
func Here() (Place, error) {
	space, err := netns.Current()
	return Place{space}, err
}

// Do runs f there. Who is there already needs no right to go.
func (p Place) Do(f func() error) error {
	if p.space == nil {
		return f()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	here, err := netns.Current()
	if err != nil {
		return err
	}
	same, err := p.space.Same(here)
	here.Close()
	if err != nil {
		return err
	}
	if same {
		return f()
	}
	return p.space.Do(f)
}

// Leave lets go of it.
func (p Place) Leave() error {
	if p.space == nil {
		return nil
	}
	return p.space.Close()
}
