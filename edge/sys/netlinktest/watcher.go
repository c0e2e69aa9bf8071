package netlinktest

import (
	"moongate/edge/sys/netlink"

	"golang.org/x/sys/unix"
)

// A Watcher hears what changes in a Kernel. Its descriptor is a real one, for a real loop.
type Watcher struct {
	k    *Kernel
	fd   int
	news []netlink.Change
}

var _ netlink.Watcher = (*Watcher)(nil)

// Watch makes a Watcher.
func (k *Kernel) Watch() (*Watcher, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	w := &Watcher{k: k, fd: fd}
	k.watchers = append(k.watchers, w)
	return w, nil
}

func (k *Kernel) tell(c netlink.Change) {
	for _, w := range k.watchers {
		w.news = append(w.news, c)
		unix.Write(w.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	}
}

// FD is readable while there are news.
func (w *Watcher) FD() int { return w.fd }

// Read hands the news on.
func (w *Watcher) Read(f func(*netlink.Change)) error {
	var b [8]byte
	unix.Read(w.fd, b[:])
	news := w.news
	w.news = nil
	for i := range news {
		f(&news[i])
	}
	return nil
}

// Link is an interface.
func (w *Watcher) Link(index int) (netlink.Link, bool) {
	l, err := w.k.LinkByIndex(index)
	return l, err == nil
}

// LinkByName is an interface.
func (w *Watcher) LinkByName(name string) (netlink.Link, bool) {
	l, err := w.k.LinkByName(name)
	return l, err == nil
}

// Links calls f for all interfaces.
func (w *Watcher) Links(f func(*netlink.Link)) {
	for _, l := range w.k.links {
		f(&l)
	}
}

// Addresses calls f for all addresses.
func (w *Watcher) Addresses(f func(*netlink.Address)) {
	for _, a := range w.k.addrs {
		f(&a)
	}
}

// Close closes the descriptor.
func (w *Watcher) Close() error { return unix.Close(w.fd) }
