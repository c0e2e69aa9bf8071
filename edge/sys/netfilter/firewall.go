package netfilter

import (
	"errors"
	"net/netip"

	"moongate/edge/wire/nftables"

	"golang.org/x/sys/unix"
)

// Config says how the tables look.
type Config struct {
	Table    string // "keepalived"
	Priority int32  // of the chains; keepalived: -1
	Counters bool   // rules count what they drop
}

// Target is an address whose packets are dropped.
type Target struct {
	Addr  netip.Addr
	Index int // the interface of a link-local address, which others may have too
}

// VMAC is an interface with a virtual MAC.
type VMAC struct {
	Index  int
	Parent int
	IPv6   bool
}

// A Firewall is for one goroutine.
type Firewall struct {
	c      Config
	fd     int
	b      nftables.Batch
	made   [2]bool // IPv4, IPv6
	macRun [2]bool // the rules for virtual MACs are there
}

// Open opens a Firewall in the network namespace of the calling thread. It makes no table yet,
// but takes away those that a predecessor left.
func Open(c Config) (*Firewall, error) {
	fd, err := dial()
	if err != nil {
		return nil, err
	}
	f := &Firewall{c: c, fd: fd, b: nftables.Batch{Ack: true}}
	if err := f.remove(); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return f, nil
}

// remove deletes a table that may not exist by making it first.
func (f *Firewall) remove() error {
	f.b.Begin()
	for _, fam := range families {
		f.b.DropTable(f.table(fam))
	}
	return f.commit("removing the firewall table " + f.c.Table)
}

// Close takes the tables away.
func (f *Firewall) Close() error {
	var err error
	if f.made != [2]bool{} {
		err = f.remove()
	}
	return errors.Join(err, unix.Close(f.fd))
}

// Block has packets to and from these addresses dropped. Neighbour discovery goes
// on, so that others find the virtual router.
func (f *Firewall) Block(targets ...Target) error {
	f.b.Begin()
	made := f.made
	for _, t := range targets {
		f.need(familyOf(t.Addr.Is6()), &made)
		f.element(true, t)
	}
	err := f.commit("blocking virtual addresses")
	if err == nil {
		f.made = made
	}
	return err
}

// Unblock undoes Block. Addresses that are not blocked are no fault.
func (f *Firewall) Unblock(targets ...Target) error {
	for _, t := range targets { // one by one: a batch fails as a whole
		if !f.made[familyOf(t.Addr.Is6())] {
			continue
		}
		f.b.Begin()
		f.element(false, t)
		if err := f.commit("unblocking the virtual address " + t.Addr.String()); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	return nil
}

func (f *Firewall) element(in bool, t Target) {
	fam := familyOf(t.Addr.Is6())
	set, key := setVIPs, t.Addr.AsSlice()
	if t.Addr.IsLinkLocalUnicast() && t.Addr.Is6() {
		set, key = setLinkLocal, append(key, native32(t.Index)...)
	}
	f.change(in, fam, set, nftables.Element{Key: key})
}

// change adds an element to a set, or takes it away.
func (f *Firewall) change(in bool, fam fam, set string, e nftables.Element) {
	if in {
		f.b.Add(f.table(fam), set, 0, e)
	} else {
		f.b.Remove(f.table(fam), set, e)
	}
}

// AddVMAC keeps what the kernel says by itself off an interface with a virtual MAC:
// membership reports go out by its parent instead, or switches would take the virtual MAC to be here, and
// IPv6 router solicitations not at all.
func (f *Firewall) AddVMAC(v VMAC) error {
	fam := familyOf(v.IPv6)
	f.b.Begin()
	made := f.made
	f.need(fam, &made)
	if !f.macRun[fam] {
		f.macRules(fam)
	}
	f.mac(true, v)
	err := f.commit("keeping reports off a virtual MAC")
	if err == nil {
		f.made, f.macRun[fam] = made, true
	}
	return err
}

// RemoveVMAC undoes AddVMAC.
func (f *Firewall) RemoveVMAC(v VMAC) error {
	if !f.macRun[familyOf(v.IPv6)] {
		return nil
	}
	f.b.Begin()
	f.mac(false, v)
	err := f.commit("forgetting a virtual MAC")
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

func (f *Firewall) mac(in bool, v VMAC) {
	fam := familyOf(v.IPv6)
	f.change(in, fam, setMap, nftables.Element{Key: native32(v.Index), Value: native32(v.Parent)})
	if v.IPv6 {
		f.change(in, fam, setMACs, nftables.Element{Key: native32(v.Index)})
	}
}

// need adds the table of a family to the batch, if it is not there yet.
func (f *Firewall) need(fam fam, made *[2]bool) {
	if !made[fam] {
		f.skeleton(fam)
		made[fam] = true
	}
}
