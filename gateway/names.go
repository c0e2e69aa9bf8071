package gateway

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"slices"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/feed"
	"moongate/gateway/plane"
)

// hosts are the names in services and targets, with their addresses. The gateway process
// looks them up, so that no request waits for a name server: what was found last counts
// until something else is found.
type hosts struct {
	known map[string][]netip.Addr // changed inside of feed.Publish
	wake  chan struct{}
}

const (
	// lookEvery is how old addresses may become.
	lookEvery   = 10 * time.Second
	lookTimeout = 5 * time.Second
	lookAtOnce  = 8
)

// ask has names looked up that are new.
func (h *hosts) ask() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// follow looks names up again and again.
func (h *hosts) follow(ctx context.Context, o *office) error {
	all := time.NewTicker(lookEvery)
	defer all.Stop()
	for fresh := false; ; {
		h.look(ctx, o, fresh)
		select {
		case <-ctx.Done():
			return nil
		case <-h.wake:
			fresh = true
		case <-all.C:
			fresh = false
		}
	}
}

// look looks names up, only those without an address if fresh is set, and tells the
// workers what is another one than before.
func (h *hosts) look(ctx context.Context, o *office, fresh bool) {
	var state *entity.State
	known := map[string][]netip.Addr{}
	o.feed.Publish(func() []byte {
		state = o.state
		for n, a := range h.known {
			known[n] = a
		}
		return nil
	})
	found := map[string][]netip.Addr{}
	type answer struct {
		name  string
		addrs []netip.Addr
	}
	answers := make(chan answer)
	slots := make(chan struct{}, lookAtOnce)
	asked := 0
	for _, name := range plane.Names(state) {
		if fresh && known[name] != nil {
			continue
		}
		asked++
		go func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			answers <- answer{name, lookUp(ctx, o, name)}
		}()
	}
	for range asked {
		if a := <-answers; a.addrs != nil && !slices.Equal(a.addrs, known[a.name]) {
			found[a.name] = a.addrs
		}
	}
	if len(found) == 0 {
		return
	}
	o.feed.Publish(func() []byte {
		if h.known == nil {
			h.known = map[string][]netip.Addr{}
		}
		for n, a := range found {
			h.known[n] = a
		}
		o.checks.ask()
		b, err := json.Marshal(found)
		if err != nil {
			o.log(err.Error())
			return nil
		}
		return feed.AppendFrame(nil, names, b)
	})
}

func lookUp(ctx context.Context, o *office, name string) []netip.Addr {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		if ctx.Err() == nil {
			o.log("host not found: " + err.Error())
		}
		return nil
	}
	for i := range list {
		list[i] = list[i].Unmap()
	}
	slices.SortFunc(list, netip.Addr.Compare)
	return slices.Compact(list)
}
