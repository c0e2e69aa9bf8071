// What user space has run now and then: connections whose time is over go.
#ifndef MOONGATE_SWEEP_H
#define MOONGATE_SWEEP_H

static __always_inline int is_over(const struct conn *c, __u64 now)
{
	__u32 s = c->state;
	__u64 *limit = bpf_map_lookup_elem(&timeouts, &s);
	return limit && now > c->last && now - c->last > *limit;
}

// A client's template lives while one of its connections does, and a minute.
static __always_inline void prolong(const struct tuple *way, const struct conn *c, __u64 now)
{
	struct service_key k = {.addr = way->to, .port = way->tport, .proto = way->proto, .v6 = way->v6};
	struct service *s = bpf_map_lookup_elem(&services, &k);
	if (!s) {
		k.port = 0;
		s = bpf_map_lookup_elem(&services, &k);
	}
	if (!s || s->id != c->service)
		return;
	struct template_key t = {.service = s->id};
#pragma unroll
	for (int i = 0; i < 4; i++)
		t.net.w[i] = way->from.w[i] & s->mask.w[i];
	struct template *had = bpf_map_lookup_elem(&templates, &t);
	if (had && had->dest == c->dest && had->until < now + 60 * NS)
		had->until = now + 60 * NS;
}

struct bpf_map;

static long sweep_one(struct bpf_map *map, struct tuple *way, struct conn *c, struct sweep *s)
{
	if (c->flags & BACK) {
		struct tuple k = {.from = way->to, .to = c->virt, .fport = way->tport, .tport = c->vport, .proto = way->proto, .v6 = way->v6};
		if (!bpf_map_lookup_elem(&conns, &k))
			bpf_map_delete_elem(&conns, way);
		return 0;
	}
	if (is_over(c, s->now)) {
		struct tuple k = *way;
		end(&k, c->dest, c->state);
		s->ended++;
		return 0;
	}
	s->live++;
	if (c->flags & PERSISTENT)
		prolong(way, c, s->now);
	if (s->recount) {
		__u32 at = c->dest;
		struct load *l = bpf_map_lookup_elem(&tally, &at);
		if (l && is_active(c->state))
			l->active++;
		else if (l)
			l->inactive++;
	}
	return 0;
}

SEC("syscall")
int sweep_conns(struct sweep *ctx)
{
	struct sweep s = {.now = bpf_ktime_get_ns(), .recount = ctx->recount};
	bpf_for_each_map_elem(&conns, sweep_one, &s, 0);
	ctx->now = s.now;
	ctx->live = s.live;
	ctx->ended = s.ended;
	return 0;
}

#endif
