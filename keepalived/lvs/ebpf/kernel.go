package ebpf

import (
	"time"

	"moongate/edge/sys/bpf"
)

// kernel is what the plane needs of edge/sys/bpf: a *bpf.Balancer, or a fake.
type kernel interface {
	PutService(bpf.Key, bpf.Service) error
	DeleteService(bpf.Key) error
	ClearService(id uint32) error
	PutTable(id uint32, table []uint32) error
	PutDest(i uint32, d bpf.Dest) error
	ClearDest(i uint32) error
	Lift(i uint32) error
	SetTimeouts(tcp, fin, udp time.Duration) error

	Load(i uint32) (bpf.Load, error)
	DestCounts(i uint32) (bpf.Counts, error)
	ServiceCounts(id uint32) (bpf.Counts, error)
	Sweep() (live, ended int, err error)
	Recount(dests []uint32) error

	Attach(index int) error
	Attached() []int
	Detach(index int) error
	Close() error
}

var _ kernel = (*bpf.Balancer)(nil)
