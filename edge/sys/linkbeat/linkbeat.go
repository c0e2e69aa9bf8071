// Package linkbeat asks a network card whether it has a link, for drivers that do not tell
// the kernel when that changes. Called by keepalived/speaker. It owns a socket for the
// questions, which belongs to the network namespace that it was opened in.
package linkbeat

import (
	"encoding/binary"
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Kind is a way to ask.
type Kind string

// The ways, the first that works is the best: a register of the card's transceiver, its
// driver, and the kernel's own idea.
const (
	MII     Kind = "MII"
	Ethtool Kind = "ETHTOOL"
	Ioctl   Kind = "IOCTL"
)

// Prober asks.
type Prober struct{ fd int }

// New opens a Prober in the network namespace of the calling thread.
func New() (*Prober, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	return &Prober{fd}, nil
}

// Close closes it.
func (p *Prober) Close() error { return unix.Close(p.fd) }

// request is struct ifreq: a name, and a union of which we use the first bytes.
type request struct {
	name [unix.IFNAMSIZ]byte
	data [24]byte
}

// command is struct ifreq whose union is a pointer.
type command struct {
	name [unix.IFNAMSIZ]byte
	data *ethtoolValue
	_    [24 - unsafe.Sizeof(uintptr(0))]byte
}

// ethtoolValue is struct ethtool_value.
type ethtoolValue struct{ command, data uint32 }

func (p *Prober) ioctl(number uintptr, r *request) error { return p.call(number, unsafe.Pointer(r)) }

func (p *Prober) call(number uintptr, r unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(p.fd), number, uintptr(r)); errno != 0 {
		return os.NewSyscallError("ioctl", errno)
	}
	return nil
}

func (p *Prober) ask(name string) (r request, err error) {
	if len(name) >= len(r.name) {
		return r, errors.New("the name of the interface is too long")
	}
	copy(r.name[:], name)
	return r, nil
}

// The registers of IEEE 802.3 clause 22.
const (
	statusRegister = 1
	linkIsUp       = 1 << 2
)

// Link tells whether an interface has a link. It may take some milliseconds.
func (p *Prober) Link(name string, kind Kind) (bool, error) {
	r, err := p.ask(name)
	if err != nil {
		return false, err
	}
	switch kind {
	case MII:
		return p.mii(&r)
	case Ethtool:
		return p.ethtool(&r)
	}
	if err := p.ioctl(unix.SIOCGIFFLAGS, &r); err != nil {
		return false, err
	}
	flags := binary.NativeEndian.Uint16(r.data[:])
	return flags&unix.IFF_UP != 0 && flags&unix.IFF_RUNNING != 0, nil
}

// mii reads the status twice: what has been lost meanwhile is remembered until it is read.
func (p *Prober) mii(r *request) (bool, error) {
	if err := p.ioctl(unix.SIOCGMIIPHY, r); err != nil {
		return false, err
	}
	for range 2 {
		binary.NativeEndian.PutUint16(r.data[2:], statusRegister)
		if err := p.ioctl(unix.SIOCGMIIREG, r); err != nil {
			return false, err
		}
	}
	return binary.NativeEndian.Uint16(r.data[6:])&linkIsUp != 0, nil
}

func (p *Prober) ethtool(r *request) (bool, error) {
	value := &ethtoolValue{command: unix.ETHTOOL_GLINK}
	err := p.call(unix.SIOCETHTOOL, unsafe.Pointer(&command{name: r.name, data: value}))
	return value.data != 0, err
}

// Choose is the way to ask an interface: the one that is wanted, or else the first that
// works.
func (p *Prober) Choose(name string, want Kind) Kind {
	for _, k := range []Kind{want, MII, Ethtool} {
		if k == "" {
			continue
		}
		if _, err := p.Link(name, k); err == nil {
			return k
		}
	}
	return Ioctl
}
