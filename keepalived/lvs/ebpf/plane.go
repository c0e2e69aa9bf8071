package ebpf

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"moongate/edge/sys/bpf"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/place"
)

// Options are what a plane may be told when it is made.
type Options struct {
	Sizes      bpf.Sizes
	Interfaces []string     // whose packets are balanced; empty: all Ethernet interfaces, also those to come
	Log        func(string) // what goes wrong while nobody calls
	Place      place.Place  // where New is called and the interfaces are; Close leaves it
}

// Plane carries connections by programs in the kernel.
type Plane struct {
	mu       sync.Mutex
	kernel   kernel
	opts     Options
	services map[lvs.Key]*service
	order    []lvs.Key          // of the last Apply
	told     map[lvs.Key]string // what was said of services that can't be
	draining []*dest            // of no service any more, but with connections
	ids      pool
	indexes  pool
	before   map[string]string // what Forwarding changed
	uneven   int
	stop     chan struct{}
	done     sync.WaitGroup
}

// service is one that the program has.
type service struct {
	id    uint32
	now   *lvs.Service
	list  []*dest // in the order that a scheduler sees
	table []uint32
	raw   bpf.Service
}

// dest is a destination that the program has, of a service or draining.
type dest struct {
	index   uint32
	service uint32
	key     lvs.Key
	now     lvs.Dest
}

// identity is what makes a destination the same one as before.
type identity struct {
	addr    netip.AddrPort
	forward lvs.Forward
}

func (d *dest) identity() identity { return identity{d.now.Addr, d.now.Forward} }

// pool gives numbers from 0 on and takes them back.
type pool struct {
	free []uint32
	next uint32
}

func (p *pool) take() uint32 {
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		return i
	}
	p.next++
	return p.next - 1
}

func (p *pool) give(i uint32) { p.free = append(p.free, i) }

// New loads the programs and attaches them. What the kernel lacks for that is a
// *bpf.Unsupported.
func New(opts Options) (*Plane, error) {
	b, err := bpf.Open(opts.Sizes)
	if err != nil {
		return nil, err
	}
	p := make1(b, opts)
	if p.before, err = bpf.Forwarding(); err != nil {
		return nil, errors.Join(fmt.Errorf("forwarding of lo: %w", err), p.end())
	}
	err = p.SetTimeouts(lvs.Timeouts{})
	if err == nil {
		err = p.follow()
	}
	if err != nil {
		return nil, errors.Join(err, p.end())
	}
	p.done.Go(p.sweep)
	return p, nil
}

func make1(k kernel, opts Options) *Plane {
	return &Plane{kernel: k, opts: opts, services: map[lvs.Key]*service{}, told: map[lvs.Key]string{}, stop: make(chan struct{})}
}

// Name is the word of lvs_backend.
func (p *Plane) Name() string { return "ebpf" }

// SetTimeouts sets for how long silent connections are remembered.
func (p *Plane) SetTimeouts(t lvs.Timeouts) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kernel.SetTimeouts(t.TCP, t.TCPFin, t.UDP)
}

// Close detaches the programs. They don't outlive the process, kept or not.
func (p *Plane) Close(keep bool) error {
	close(p.stop)
	p.done.Wait()
	return errors.Join(p.end(), p.opts.Place.Leave())
}

func (p *Plane) end() error {
	put := func() error { return bpf.PutForwarding(p.before) }
	return errors.Join(p.kernel.Close(), p.opts.Place.Do(put))
}

var (
	_ lvs.Plane = (*Plane)(nil)
	_ lvs.Timed = (*Plane)(nil)
)
