package sched

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"
)

// Client is what a scheduler may know of a new connection.
type Client struct {
	From netip.AddrPort
	To   netip.Addr // the virtual address, for lblc and lblcr
	Now  time.Time  // for their expiry
}

// Scheduler chooses among the servers of one service.
type Scheduler interface {
	// Update tells that the list, a weight or a limit has changed.
	Update(list []*Server)
	// Pick is the server for a new connection, or nil when there is none.
	Pick(Client) *Server
}

// Names are the words of lb_algo.
var Names = []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "sed", "nq", "fo", "ovf", "twos"}

// New makes a scheduler. The flags are those of the configuration: sh-port,
// sh-fallback, mh-port and mh-fallback, and flag-1 and flag-2, which are the
// kernel's names for fallback and port.
func New(name string, flags []string) (Scheduler, error) {
	has := func(a, b string) bool { return slices.Contains(flags, a) || slices.Contains(flags, b) }
	switch name {
	case "rr":
		return new(roundRobin), nil
	case "wrr":
		return new(weighted), nil
	case "lc":
		return &least{cost: (*Server).overhead, plain: true}, nil
	case "wlc":
		return &least{cost: (*Server).overhead}, nil
	case "sed":
		return &least{cost: expected}, nil
	case "nq":
		return &least{cost: expected, idle: true}, nil
	case "sh":
		return &buckets{source: true, port: has("sh-port", "flag-2"), fallback: has("sh-fallback", "flag-1")}, nil
	case "dh":
		return &buckets{}, nil
	case "mh":
		return &maglev{port: has("mh-port", "flag-2"), fallback: has("mh-fallback", "flag-1")}, nil
	case "fo":
		return new(failover), nil
	case "ovf":
		return new(overflow), nil
	case "twos":
		return &twos{random: rand.IntN}, nil
	case "lblc":
		return new(locality), nil
	case "lblcr":
		return new(replicated), nil
	}
	return nil, fmt.Errorf("unknown scheduler %q", name)
}
