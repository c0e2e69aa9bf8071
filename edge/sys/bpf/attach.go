package bpf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
)

type attached struct{ link.Link }

func isDenied(err error) bool { return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) }

// ErrGone is what Attach says of an interface that is no more.
var ErrGone = errors.New("no such interface")

// Attach lets the program see what comes in by an interface, before the kernel's
// stack does. It goes with the process.
func (b *Balancer) Attach(index int) error {
	if _, ok := b.links[index]; ok {
		return nil
	}
	l, err := link.AttachTCX(link.TCXOptions{Interface: index, Program: b.objects.Balance, Attach: ebpf.AttachTCXIngress})
	switch {
	case errors.Is(err, syscall.ENODEV):
		return ErrGone
	case errors.Is(err, ebpf.ErrNotSupported), err != nil && isDenied(err):
		return unsupported("attach to interface", err)
	case err != nil:
		return fmt.Errorf("attach to interface %d: %w", index, err)
	}
	b.links[index] = attached{l}
	return nil
}

// Attached are the interfaces that the program is attached to.
func (b *Balancer) Attached() []int {
	var all []int
	for i := range b.links {
		all = append(all, i)
	}
	return all
}

// Detach ends what Attach began. An interface that is gone took the program with it.
func (b *Balancer) Detach(index int) error {
	l, ok := b.links[index]
	if !ok {
		return nil
	}
	delete(b.links, index)
	return l.Close()
}

// Forwarding lets lo forward: the program looks routes up as if packets came from
// there, so that no real interface need forward for anybody else. It tells what
// stood there before, for PutForwarding.
func Forwarding() (before map[string]string, err error) {
	before = map[string]string{}
	for _, name := range []string{"/proc/sys/net/ipv4/conf/lo/forwarding", "/proc/sys/net/ipv6/conf/lo/forwarding"} {
		had, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // no IPv6
		}
		if err != nil {
			return before, err
		}
		if len(had) > 0 && had[0] == '1' {
			continue
		}
		if err := os.WriteFile(name, []byte("1"), 0); err != nil {
			return before, err
		}
		before[name] = string(had)
	}
	return before, nil
}

// PutForwarding undoes Forwarding.
func PutForwarding(before map[string]string) error {
	var errs []error
	for name, value := range before {
		errs = append(errs, os.WriteFile(name, []byte(value), 0))
	}
	return errors.Join(errs...)
}
