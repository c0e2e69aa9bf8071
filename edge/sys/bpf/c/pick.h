// Which destination takes a new connection: the schedulers of
// keepalived/lvs/sched, by tables that it made and by the loads.
#ifndef MOONGATE_PICK_H
#define MOONGATE_PICK_H

#define NONE 0xffffffffu

struct pick {
	__u32 service, algo, n;
	__u32 sum, first; // of the hash
	__u32 best;
	__u32 weight;
	__u64 cost;
	__u32 total, a, b; // twos
	__s32 marks[2];
	__u32 pad;
};

static __always_inline __u32 entry(__u32 service, __u32 at)
{
	void *t = bpf_map_lookup_elem(&tables, &service);
	__u32 *v = t ? bpf_map_lookup_elem(t, &at) : 0;
	return v ? *v : NONE;
}

static __always_inline struct dest *usable(__u32 i)
{
	struct dest *d = bpf_map_lookup_elem(&dests, &i);
	__u32 *o = bpf_map_lookup_elem(&over, &i);
	return d && o && !*o && d->weight ? d : 0;
}

// Turns: the table is a whole cycle of rr or wrr. Who is overloaded loses its turn.
static long turn(__u32 i, struct pick *p)
{
	__u64 *t = bpf_map_lookup_elem(&turns, &p->service);
	if (!t)
		return 1;
	__u32 d = entry(p->service, 1 + __sync_fetch_and_add(t, 1) % p->n);
	if (!usable(d))
		return 0;
	p->best = d;
	return 1;
}

static __always_inline __u32 slot(const struct pick *p, __u32 offset)
{
	return p->algo == MH ? siphash(p->sum + offset) % p->n : (offset + hash32(p->sum)) % p->n;
}

static long fall(__u32 i, struct pick *p)
{
	__u32 d = entry(p->service, 1 + slot(p, (i + p->first) % p->n));
	if (!usable(d))
		return 0;
	p->best = d;
	return 1;
}

static __always_inline __u64 cost(__u32 algo, const struct load *l)
{
	return algo == SED || algo == NQ ? (__u64)l->active + 1 : ((__u64)l->active << 8) + l->inactive;
}

static long scan(__u32 i, struct pick *p)
{
	__u32 at = entry(p->service, 1 + i);
	struct dest *d = usable(at);
	struct load *l = bpf_map_lookup_elem(&loads, &at);
	if (!d || !l)
		return 0;
	__u64 c = cost(p->algo, l);
	int better = p->best == NONE;
	switch (p->algo) {
	case NQ:
		if (!l->active) {
			p->best = at;
			return 1;
		}
		better |= c * p->weight < p->cost * d->weight;
		break;
	case LC:
		better |= c < p->cost;
		break;
	case OVF:
		if (l->active > d->weight)
			return 0;
		better |= d->weight > p->weight;
		break;
	case FO:
		better |= d->weight > p->weight;
		break;
	default:
		better |= c * p->weight < p->cost * d->weight;
	}
	if (better) {
		p->best = at;
		p->weight = d->weight;
		p->cost = c;
	}
	return 0;
}

static long sum(__u32 i, struct pick *p)
{
	struct dest *d = usable(entry(p->service, 1 + i));
	if (d)
		p->total += d->weight;
	return 0;
}

static long draw(__u32 i, struct pick *p)
{
	__u32 at = entry(p->service, 1 + i);
	struct dest *d = usable(at);
	if (!d)
		return 0;
	if (p->a == NONE && (p->marks[0] -= d->weight) <= 0)
		p->a = at;
	if (p->b == NONE && (p->marks[1] -= d->weight) <= 0)
		p->b = at;
	return p->a != NONE && p->b != NONE;
}

static __always_inline void two(struct pick *p)
{
	bpf_loop(p->n, sum, p, 0);
	if (!p->total)
		return;
	p->marks[0] = bpf_get_prandom_u32() % (p->total + 1);
	p->marks[1] = bpf_get_prandom_u32() % (p->total + 1);
	p->a = p->b = NONE;
	bpf_loop(p->n, draw, p, 0);
	p->best = p->a;
	struct dest *da = bpf_map_lookup_elem(&dests, &p->a), *db = bpf_map_lookup_elem(&dests, &p->b);
	struct load *la = bpf_map_lookup_elem(&loads, &p->a), *lb = bpf_map_lookup_elem(&loads, &p->b);
	if (da && db && la && lb && db->weight * cost(TWOS, la) > da->weight * cost(TWOS, lb))
		p->best = p->b;
}

static long crowded(__u32 i, struct pick *p)
{
	__u32 at = entry(p->service, 1 + i);
	struct dest *d = bpf_map_lookup_elem(&dests, &at);
	struct load *l = bpf_map_lookup_elem(&loads, &at);
	return d && l && l->active * 2 < d->weight ? (p->a = 1) : 0;
}

// lblc: there is one virtual address to a service here, and it stays with its
// server until that is gone, or has more connections than weight while another
// has less than half. What is kept is the index and 1.
static __always_inline void local(struct pick *p)
{
	__u32 *near = bpf_map_lookup_elem(&nearby, &p->service);
	if (!near)
		return;
	__u32 at = *near - 1;
	struct dest *d = bpf_map_lookup_elem(&dests, &at);
	struct load *l = bpf_map_lookup_elem(&loads, &at);
	if (d && l && d->weight && !(d->flags & GONE)) {
		p->a = 0;
		if (l->active > d->weight)
			bpf_loop(p->n, crowded, p, 0);
		if (!p->a) {
			p->best = at;
			return;
		}
	}
	bpf_loop(p->n, scan, p, 0);
	if (p->best != NONE)
		*near = p->best + 1;
}

__noinline __u32 choose(const struct service *s, const struct tuple *way)
{
	if (!s || !way)
		return NONE;
	struct pick p = {.service = s->id, .algo = s->algo, .best = NONE};
	p.n = entry(p.service, 0);
	if (!p.n || p.n == NONE)
		return NONE;
	switch (p.algo) {
	case TURNS:
		bpf_loop(p.n, turn, &p, 0);
		break;
	case SH:
	case DH:
	case MH:
		p.sum = p.algo == DH ? fold(&way->to) : fold(&way->from);
		if (p.algo != DH && s->flags & BY_PORT)
			p.sum += bpf_ntohs(way->fport);
		p.first = slot(&p, 0);
		__u32 d = entry(p.service, 1 + p.first);
		if (usable(d))
			return d;
		if (s->flags & FALLBACK)
			bpf_loop(p.n, fall, &p, 0);
		break;
	case TWOS:
		two(&p);
		break;
	case LBLC:
		local(&p);
		break;
	default:
		bpf_loop(p.n, scan, &p, 0);
	}
	return p.best;
}

#endif
