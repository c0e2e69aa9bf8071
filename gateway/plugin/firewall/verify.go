package firewall

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// names is the part of the DNS that verifying asks.
type names interface {
	LookupAddr(ctx context.Context, addr string) ([]string, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// verifier tells whether an address is one of a search engine: its name is, and the name has
// this address. What was found out is kept for a while.
type verifier struct {
	names names

	mu    sync.Mutex
	known map[claim]finding
}

type claim struct {
	addr netip.Addr
	says string
}

type finding struct {
	is    answer
	until time.Duration // by event.Mono
}

// answer of the DNS. Where it has none nobody is refused.
type answer uint8

const (
	unknown answer = iota
	yes
	no
)

const (
	askFor    = 2 * time.Second
	keepYes   = time.Hour
	keepNo    = 10 * time.Minute
	keepNone  = 30 * time.Second
	mostKnown = 4096 // those that say too much are asked again
)

var verified = &verifier{names: &net.Resolver{PreferGo: true}}

func (v *verifier) ask(c *crawler, addr netip.Addr) answer {
	key := claim{addr.Unmap().WithZone(""), c.says}
	now := event.Mono()
	v.mu.Lock()
	f, ok := v.known[key]
	v.mu.Unlock()
	if ok && now < f.until {
		return f.is
	}
	event.Block()
	f.is = v.lookup(c, key.addr)
	f.until = event.Mono() + map[answer]time.Duration{yes: keepYes, no: keepNo, unknown: keepNone}[f.is]
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known == nil || len(v.known) >= mostKnown {
		v.known = map[claim]finding{}
	}
	v.known[key] = f
	return f.is
}

func (v *verifier) lookup(c *crawler, addr netip.Addr) answer {
	ctx, cancel := context.WithTimeout(context.Background(), askFor)
	defer cancel()
	list, err := v.names.LookupAddr(ctx, addr.String())
	if err != nil {
		return failed(err)
	}
	for _, name := range list {
		if !c.has(name) {
			continue
		}
		back, err := v.names.LookupNetIP(ctx, "ip", name)
		if err != nil && failed(err) == unknown {
			return unknown
		}
		if slices.ContainsFunc(back, func(a netip.Addr) bool { return a.Unmap() == addr }) {
			return yes
		}
	}
	return no
}

func failed(err error) answer {
	if d := (*net.DNSError)(nil); errors.As(err, &d) && d.IsNotFound {
		return no
	}
	return unknown
}
