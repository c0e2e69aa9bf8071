package bpf

import (
	"errors"
	"fmt"
	"io/fs"

	"moongate/edge/sys/caps"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/features"
)

// Unsupported says what the kernel, or our rights, lack for the programs.
type Unsupported struct {
	What string
	Err  error
}

func (u *Unsupported) Error() string {
	if u.Err == nil {
		return u.What
	}
	return u.What + ": " + u.Err.Error()
}

func (u *Unsupported) Unwrap() error { return u.Err }

// Sizes are how much the maps can hold; 0 takes the default.
type Sizes struct {
	Connections int // 262,144; with NAT each takes two places
	Templates   int // 65,536 clients of persistent services
	Services    int // 1,024
	Dests       int // 4,096
}

func (s *Sizes) fill() {
	for _, f := range []struct {
		n     *int
		else_ int
	}{{&s.Connections, 1 << 18}, {&s.Templates, 1 << 16}, {&s.Services, 1024}, {&s.Dests, 4096}} {
		if *f.n <= 0 {
			*f.n = f.else_
		}
	}
}

// Balancer is the programs and maps in the kernel. One goroutine at a time may
// call it.
type Balancer struct {
	objects balanceObjects
	sizes   Sizes
	links   map[int]attached
}

// minimum is Linux 6.7.
const minimum = 6<<16 | 7<<8

// Open brings the programs into the kernel; they see no packet before Attach.
func Open(sizes Sizes) (*Balancer, error) {
	sizes.fill()
	version, err := features.LinuxVersionCode()
	if err != nil {
		return nil, fmt.Errorf("kernel version: %w", err)
	}
	if version < minimum {
		return nil, &Unsupported{What: fmt.Sprintf("eBPF balancing needs Linux 6.7, this is %d.%d", version>>16, version>>8&0xff)}
	}
	spec, err := loadBalance()
	if err != nil {
		return nil, fmt.Errorf("BPF object: %w", err)
	}
	for _, of := range []struct {
		n    int
		maps []string
	}{
		{sizes.Connections, []string{"conns"}},
		{sizes.Templates, []string{"templates"}},
		{sizes.Services, []string{"services", "tables", "turns", "nearby", "service_counts"}},
		{sizes.Dests, []string{"dests", "loads", "tally", "over", "dest_counts"}},
	} {
		for _, name := range of.maps {
			spec.Maps[name].MaxEntries = uint32(of.n)
		}
	}
	if version >= 6<<16|16<<8 {
		const ipv6 = 1 << 7 // BPF_F_IPV6
		if err := spec.Variables["v6_sum"].Set(uint64(ipv6)); err != nil {
			return nil, fmt.Errorf("BPF object: %w", err)
		}
	}
	b := &Balancer{sizes: sizes, links: map[int]attached{}}
	if err := spec.LoadAndAssign(&b.objects, nil); err != nil {
		if errors.Is(err, ebpf.ErrNotSupported) || isDenied(err) {
			return nil, unsupported("BPF programs", err)
		}
		return nil, fmt.Errorf("load BPF programs: %w", err)
	}
	return b, nil
}

// unsupported says in one word what is missing, where that is a capability: the
// verifier's own account of it is long.
func unsupported(what string, err error) error {
	err = caps.Explain(err, caps.BPF, caps.PerfMon, caps.NetAdmin)
	if missing := (*caps.Missing)(nil); errors.As(err, &missing) {
		return &Unsupported{what, &caps.Missing{Caps: missing.Caps, Err: fs.ErrPermission}}
	}
	return &Unsupported{what, err}
}

// Close detaches the programs and frees the maps.
func (b *Balancer) Close() error {
	var errs []error
	for i := range b.links {
		errs = append(errs, b.Detach(i))
	}
	return errors.Join(append(errs, b.objects.Close())...)
}
