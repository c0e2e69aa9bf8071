package resolver

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// Endpoint is one address of a service (RFC 2782).
type Endpoint struct {
	Addr     netip.AddrPort
	Host     string
	Priority uint16
	Weight   uint16
}

// Service finds the endpoints of `service=`: "http" asks for
// _http._tcp.NAME, anything with a dot is put before the name as it is.
// Endpoints come by priority; within one, the first host is drawn by weight.
func (r *Resolver) Service(service, name string, timeout time.Duration) ([]Endpoint, time.Time, error) {
	if !strings.Contains(service, ".") {
		service = "_" + service + "._tcp"
	}
	end := r.now().Add(timeout)
	a, _, err := r.follow(key{service + "." + name, kindSRV}, timeout)
	if err != nil {
		err.(*Error).Name = name
		return nil, time.Time{}, err
	}
	hosts := make([][]netip.Addr, len(a.srv))
	valid, code := a.valid, 0
	var mu sync.Mutex
	var all event.Waiter
	left := len(a.srv)
	for i, s := range a.srv {
		r.net.Go(func() {
			got, err := r.Name(s.Target, end.Sub(r.now()))
			mu.Lock()
			if err == nil {
				hosts[i] = got.List
				if got.Valid.Before(valid) && !got.Valid.IsZero() {
					valid = got.Valid
				}
			} else if c := err.(*Error).Code; code == 0 || c == NXDomain {
				code = c
			}
			left--
			last := left == 0
			mu.Unlock()
			if last {
				all.Wake()
			}
		})
	}
	all.Wait()
	out := r.spread(a, hosts)
	if len(out) == 0 {
		if code == 0 {
			code = NXDomain
		}
		return nil, time.Time{}, &Error{name, code}
	}
	return out, valid, nil
}

// spread orders the endpoints as ngx_resolver_report_srv does.
func (r *Resolver) spread(a *answer, hosts [][]netip.Addr) (out []Endpoint) {
	for i := 0; i < len(a.srv); {
		j, weight := i, 0
		for ; j < len(a.srv) && a.srv[j].Priority == a.srv[i].Priority; j++ {
			weight += len(hosts[j]) * int(a.srv[j].Weight)
		}
		k := i
		if weight > 0 {
			w := rand.IntN(weight)
			for ; k < j; k++ {
				if own := len(hosts[k]) * int(a.srv[k].Weight); w < own {
					break
				} else {
					w -= own
				}
			}
		}
		for range j - i {
			for _, ip := range hosts[k] {
				s := a.srv[k]
				out = append(out, Endpoint{netip.AddrPortFrom(ip, s.Port), s.Target, s.Priority, s.Weight})
			}
			if k++; k == j {
				k = i
			}
		}
		i = j
	}
	return out
}
