package speaker

import "moongate/edge/sys/netlink"

// links is a list of interfaces that does not change, where a Watcher is wanted.
type links []netlink.Link

var _ netlink.Watcher = links(nil)

// FD implements netlink.Watcher.
func (links) FD() int { return -1 }

// Read implements netlink.Watcher.
func (links) Read(func(*netlink.Change)) error { return nil }

// Addresses implements netlink.Watcher.
func (links) Addresses(func(*netlink.Address)) {}

// Close implements netlink.Watcher.
func (links) Close() error { return nil }

// Link implements netlink.Watcher.
func (w links) Link(index int) (netlink.Link, bool) {
	for _, l := range w {
		if l.Index == index {
			return l, true
		}
	}
	return netlink.Link{}, false
}

// LinkByName implements netlink.Watcher.
func (w links) LinkByName(name string) (netlink.Link, bool) {
	for _, l := range w {
		if l.Name == name {
			return l, true
		}
	}
	return netlink.Link{}, false
}

// Links implements netlink.Watcher.
func (w links) Links(f func(*netlink.Link)) {
	for i := range w {
		f(&w[i])
	}
}
