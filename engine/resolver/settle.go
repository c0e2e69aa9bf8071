package resolver

import (
	"cmp"
	"slices"
	"time"

	"moongate/edge/wire/dns"
)

// settle makes one answer of the replies: addresses of both families, else
// the name a CNAME leads to. An error in either reply is the result, as in
// nginx; two empty replies are "Host not found".
func (f *flight) settle() {
	a, code := new(answer), 0
	ttl := maxTTL
	for _, q := range f.queries {
		if c := q.reply.Code(); c != 0 && code == 0 {
			code = c
		}
		for _, r := range q.reply.Answers {
			ttl = min(ttl, time.Duration(r.TTL)*time.Second)
			a.add(r, f.k.kind)
		}
	}
	found := len(a.v4)+len(a.v6)+len(a.srv) > 0 || a.name != ""
	if found {
		a.cname = ""
	}
	if code == 0 && !found && a.cname == "" {
		code = NXDomain
	}
	if code != 0 {
		f.finish(nil, code)
		return
	}
	slices.SortStableFunc(a.srv, func(x, y dns.Record) int { return cmp.Compare(x.Priority, y.Priority) })
	if f.r.o.Valid > 0 {
		ttl = f.r.o.Valid
	}
	a.valid = f.r.now().Add(ttl)
	f.finish(a, 0)
}

func (a *answer) add(r dns.Record, k kind) {
	switch {
	case r.Type == dns.TypeA && k == kindAddr:
		a.v4 = append(a.v4, r.Addr)
	case r.Type == dns.TypeAAAA && k == kindAddr:
		a.v6 = append(a.v6, r.Addr)
	case r.Type == dns.TypeSRV && k == kindSRV:
		a.srv = append(a.srv, r)
	case r.Type == dns.TypePTR && k == kindPTR && a.name == "":
		a.name = r.Target
	case r.Type == dns.TypeCNAME && k != kindPTR:
		a.cname = r.Target
	}
}

// finish tells all who wait.
func (f *flight) finish(a *answer, code int) {
	r := f.r
	r.mu.Lock()
	f.done, f.result, f.code = true, a, code
	waiters := f.waiters
	f.waiters = nil
	if r.flights[f.k] == f {
		delete(r.flights, f.k)
	}
	if a != nil {
		r.cache[f.k] = &entry{*a, r.now().Add(keepUnused)}
	}
	r.mu.Unlock()
	for _, w := range waiters {
		w.Wake()
	}
}
