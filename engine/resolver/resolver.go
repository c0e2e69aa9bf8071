package resolver

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/sys/host"
	"moongate/edge/wire/dns"
)

const (
	resendAfter  = 5 * time.Second  // nginx: resend_timeout, tcp_timeout
	keepUnused   = 30 * time.Second // nginx: expire
	maxRecursion = 50               // CNAMEs in a row
	maxEntries   = 65536            // of a cache that hostile names fill
	maxTTL       = 24 * time.Hour
)

// Resolver is one `resolver` directive in one worker.
type Resolver struct {
	o    Options
	net  Network
	log  func(text string)
	now  func() time.Time
	wait time.Duration // resendAfter, shorter in tests

	mu      sync.Mutex
	cache   map[key]*entry
	flights map[key]*flight
	server  int // the next flight's first server
	swept   time.Time
}

// key is what is asked for: a name, and which kind of question.
type key struct {
	name string
	kind kind
}

type kind uint8

const (
	kindAddr kind = iota // A and AAAA
	kindSRV
	kindPTR
)

// answer is what a question led to; one of the groups is filled.
type answer struct {
	v4, v6 []netip.Addr
	srv    []dns.Record
	name   string // PTR
	cname  string
	valid  time.Time
}

type entry struct {
	answer
	expire time.Time
}

// New makes a resolver. log takes what servers do wrong (nginx logs it at
// error); nil drops it.
func New(o Options, n Network, log func(text string)) *Resolver {
	if log == nil {
		log = func(string) {}
	}
	return &Resolver{o: o, net: n, log: log, now: time.Now, wait: resendAfter,
		cache: map[key]*entry{}, flights: map[key]*flight{}}
}

// Addrs is a name's addresses and until when they may be used.
type Addrs struct {
	List  []netip.Addr
	Valid time.Time
}

// Name finds the addresses of name, waiting at most timeout; an address in
// text form comes back at once. IPv4 comes before IPv6; from the cache the
// list begins at a random place. The error is *Error.
func (r *Resolver) Name(name string, timeout time.Duration) (Addrs, error) {
	if a, ok := host.Parse(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")); ok {
		return Addrs{List: []netip.Addr{a}}, nil
	}
	a, cached, err := r.follow(key{name, kindAddr}, timeout)
	if err != nil {
		return Addrs{}, err
	}
	return Addrs{List: export(a, cached), Valid: a.valid}, nil
}

// Addr finds the name of an address (PTR).
func (r *Resolver) Addr(addr netip.Addr, timeout time.Duration) (string, error) {
	a, _, err := r.follow(key{dns.ReverseName(addr), kindPTR}, timeout)
	if err != nil {
		err.(*Error).Name = addr.String()
		return "", err
	}
	return a.name, nil
}

// follow asks, and asks again for what a CNAME leads to, all within timeout.
func (r *Resolver) follow(k key, timeout time.Duration) (*answer, bool, error) {
	asked := strings.TrimSuffix(k.name, ".")
	k.name = strings.ToLower(asked)
	end := r.now().Add(timeout)
	for range maxRecursion + 1 {
		a, cached, code := r.lookup(k, end.Sub(r.now()))
		switch {
		case code != 0:
			return nil, false, &Error{asked, code}
		case a.cname == "":
			return a, cached, nil
		}
		k.name = a.cname
	}
	return nil, false, &Error{asked, NXDomain}
}

// lookup takes the answer from the cache, or waits for a flight.
func (r *Resolver) lookup(k key, timeout time.Duration) (a *answer, cached bool, code int) {
	if !dns.Valid(k.name) {
		return nil, false, NXDomain
	}
	r.mu.Lock()
	now := r.now()
	r.sweep(now)
	if e := r.cache[k]; e != nil && now.Unix() <= e.valid.Unix() {
		e.expire = now.Add(keepUnused)
		r.mu.Unlock()
		return &e.answer, true, 0
	}
	start := false
	f := r.flights[k]
	if f == nil {
		f = &flight{r: r, k: k, server: r.server}
		r.server = (r.server + 1) % max(1, len(r.o.Servers))
		r.flights[k] = f
		start = true
	}
	w := new(event.Waiter)
	f.waiters = append(f.waiters, w)
	r.mu.Unlock()
	if start {
		r.net.Go(f.run)
	}
	return f.await(w, timeout)
}

// sweep drops entries that nobody has asked for in a while, at most once a
// second, and everything when names come faster than that.
func (r *Resolver) sweep(now time.Time) {
	if len(r.cache) >= maxEntries {
		clear(r.cache)
	}
	if now.Sub(r.swept) < time.Second {
		return
	}
	r.swept = now
	for k, e := range r.cache {
		if now.After(e.expire) && now.After(e.valid) {
			delete(r.cache, k)
		}
	}
}

// export lists addresses as ngx_resolver_export does: both families keep
// their order, each from a random start, the whole shifted at random too.
func export(a *answer, rotate bool) []netip.Addr {
	n := len(a.v4) + len(a.v6)
	out := make([]netip.Addr, n)
	d := 0
	if rotate {
		d = rand.IntN(n)
	}
	for _, list := range [2][]netip.Addr{a.v4, a.v6} {
		j := 0
		if rotate && len(list) > 0 {
			j = rand.IntN(len(list))
		}
		for i := range list {
			out[d] = list[(j+i)%len(list)]
			d = (d + 1) % n
		}
	}
	return out
}
